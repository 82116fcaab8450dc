import NNCore

/// A matrix [rows, columns] in panels of neighbouring columns, each of which is read from its start
/// to its end by the tiles of a product.
struct PackedMatrix: Hashable {
  let rows: Int
  let columns: Int

  /// Columns of a panel: whole tiles of every instruction set.
  static let width = 48

  /// Panels; the last one is filled up with zeros.
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
