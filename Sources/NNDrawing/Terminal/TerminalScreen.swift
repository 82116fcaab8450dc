/// A rectangle of characters that is drawn on and then written out.
public struct TerminalScreen {
  /// The alignment of texts in a rectangle.
  public enum Alignment: Sendable, Hashable { case left, center, right }

  /// The number of columns.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// The characters to draw with.
  public let style: TerminalStyle
  private(set) var cells: [TerminalCell]

  /// An empty screen.
  public init(width: Int, height: Int, style: TerminalStyle) {
    self.width = width
    self.height = height
    self.style = style
    cells = Array(repeating: TerminalCell(), count: width * height)
  }

  /// All rows, without spaces at their ends, and without empty rows at the end.
  public var text: String {
    var result: [String] = []
    result.reserveCapacity(height)
    for row in 0..<height {
      result.append(line(cells[(row * width)..<((row + 1) * width)]))
    }
    while result.last?.isEmpty ?? false { result.removeLast() }
    return result.joined(separator: "\n")
  }

  /// Writes a line of text into the first row of a rectangle, truncated to fit.
  public mutating func write(
    _ text: String, in box: CellBox, align: Alignment = .left, paint: Paint = .text
  ) {
    guard box.height > 0, box.width > 0 else { return }
    let shown = TerminalText.shortened(TerminalText.plain(text, style), to: box.width, style)
    let room = box.width - shown.unicodeScalars.count
    let start =
      switch align {
      case .left: 0
      case .center: room / 2
      case .right: room
      }
    put(shown, column: box.column + start, row: box.row, paint: paint)
  }

  /// Writes characters from a cell on, up to the end of the row.
  mutating func put(_ text: String, column: Int, row: Int, paint: Paint) {
    guard row >= 0, row < height else { return }
    var position = column
    for scalar in text.unicodeScalars {
      if position >= 0, position < width {
        cells[row * width + position].scalar = scalar
        cells[row * width + position].color = style.hasColors ? TerminalPalette.index(paint) : nil
      }
      position += 1
    }
  }

  /// Changes a cell, if it is on the screen.
  mutating func change(column: Int, row: Int, _ body: (inout TerminalCell) -> Void) {
    guard column >= 0, column < width, row >= 0, row < height else { return }
    body(&cells[row * width + column])
  }

  private func line(_ row: ArraySlice<TerminalCell>) -> String {
    var result = ""
    var color: UInt8?
    var back: UInt8?
    let last = row.lastIndex { !$0.isEmpty } ?? row.startIndex - 1
    for cell in row[row.startIndex..<max(row.startIndex, last + 1)] {
      if cell.back != back || (cell.color != color && !cell.isEmpty) {
        if cell.back != back || cell.color == nil { result += "\u{1B}[0m" }
        if let number = cell.color { result += "\u{1B}[38;5;\(number)m" }
        if let number = cell.back { result += "\u{1B}[48;5;\(number)m" }
        (color, back) = (cell.color, cell.back)
      }
      result.unicodeScalars.append(cell.shown(style.glyphs))
    }
    return color == nil && back == nil ? result : result + "\u{1B}[0m"
  }
}

/// One character of a screen.
struct TerminalCell: Sendable, Hashable {
  /// A character; where there is one, dots are not shown.
  var scalar: Unicode.Scalar?
  /// Dots that are set, from the top left, row by row.
  var dots: UInt8 = 0
  /// The colour of the character or the dots.
  var color: UInt8?
  /// Whether the character is a shade, which lines may be drawn over.
  var isShade = false
  /// The background colour.
  var back: UInt8?

  /// Whether the cell is blank.
  var isEmpty: Bool { (scalar ?? " ") == " " && dots == 0 && back == nil }

  func shown(_ glyphs: TerminalStyle.Glyphs) -> Unicode.Scalar {
    if let scalar { return scalar }
    guard dots != 0 else { return " " }
    return switch glyphs {
    case .braille: Self.braille[Int(dots)]
    case .blocks: Self.quarters[Int(dots & 15)]
    case .ascii: "*"
    }
  }

  /// Braille numbers its dots down the columns, with the lowest row last.
  private static let braille: [Unicode.Scalar] = (0..<256).map { dots in
    let order = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
    let code = order.enumerated().reduce(0) { $0 + (dots >> $1.offset & 1) * $1.element }
    return Unicode.Scalar(UInt32(0x2800 + code)) ?? " "
  }

  private static let quarters = Array(" ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█".unicodeScalars)
}
