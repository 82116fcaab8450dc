extension ImageGrid {
  /// Draws as many images as fit.
  public func draw(on screen: inout TerminalScreen, in cells: CellBox) {
    var area = cells
    if let title { screen.write(title, in: area.takeTop(), align: .center) }
    let across = max(1, min(columns, area.width / 4))
    let width = area.width / across - 1
    guard width > 0, let first = images.first, first.width > 0 else { return }
    // Characters are about twice as high as wide.
    let height = max(1, (width * first.height + first.width) / (2 * first.width))
    let captionHeight = captions.isEmpty ? 0 : 1
    let rows = area.height / (height + captionHeight)
    for (index, image) in images.prefix(across * rows).enumerated() {
      var cell = CellBox(
        column: area.column + index % across * (width + 1),
        row: area.row + index / across * (height + captionHeight), width: width,
        height: height + captionHeight)
      if captionHeight > 0, index < captions.count {
        screen.write(captions[index], in: cell.takeBottom(), align: .center)
      }
      screen.draw(image: image, in: screen.box(of: cell))
    }
  }
}
