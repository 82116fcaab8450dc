extension Figure {
  /// Draws the title and all panels into a rectangle of a terminal: `columns` side by side where
  /// the width allows, else one below the other.
  func draw(on screen: inout TerminalScreen, in cells: CellBox) {
    var area = cells
    if !title.isEmpty, area.height > 3 { screen.write(title, in: area.takeTop(), align: .center) }
    guard !panels.isEmpty else { return }
    let least = (width: 24, height: 6)
    let across = max(1, min(columns, panels.count, area.width / least.width))
    var down = (panels.count + across - 1) / across
    // Panels that would be too low to read are left out.
    down = max(1, min(down, area.height / least.height))
    for (index, panel) in panels.prefix(across * down).enumerated() {
      let (row, column) = (index / across, index % across)
      let left = area.width * column / across
      let right = area.width * (column + 1) / across
      let top = area.height * row / down
      let bottom = area.height * (row + 1) / down
      let gap = column + 1 < across ? 1 : 0
      panel.draw(
        on: &screen,
        in: CellBox(
          column: area.column + left, row: area.row + top, width: right - left - gap,
          height: bottom - top))
    }
  }
}
