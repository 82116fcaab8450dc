import NNCore

/// The layout of a matrix [rows, columns] in panels of consecutive columns, which the tiles of a
/// matrix product read sequentially.
struct PackedMatrix: Hashable {
  let rows: Int
  let columns: Int

  /// Columns of a panel, a multiple of the tile width of every instruction set.
  static let width = 48

  /// The number of panels; the last one is padded with zeros.
  var panels: Int { (columns + Self.width - 1) / Self.width }
  /// Elements of a panel.
  var panelCount: Int { rows * Self.width }
  /// Elements of all panels.
  var elementCount: Int { panels * panelCount }

  /// The columns of a panel.
  func columns(ofPanel panel: Int) -> Range<Int> {
    panel * Self.width..<min(columns, (panel + 1) * Self.width)
  }
}
