public import NNDrawing

/// What a lesson says, in order: paragraphs, formulas, pictures and tables, with every figure that it
/// has measured.
public struct LessonReport: Sendable {
  /// One part of a lesson.
  public enum Block: Sendable {
    /// A paragraph of plain text, which may mention lessons: `[[vanishing-gradient]]`.
    case paragraph(String)
    /// Lines of mathematics.
    case formula(Formula)
    /// A picture, the end of its file's name and what it shows.
    case figure(Figure, name: String, caption: String)
    /// A moving picture, the end of its file's name and what it shows.
    case animation(Animation, name: String, caption: String)
    /// Rows of text under headings.
    case table(header: [String], rows: [[String]], caption: String)
  }

  /// A figure that was measured.
  public struct Measure: Sendable, Hashable {
    /// What it is, as in `accuracy with 3 hidden nodes`.
    public let name: String
    /// Its value.
    public let value: Double
  }

  /// The parts in order.
  public private(set) var blocks: [Block] = []
  /// Every figure in the order in which it was measured.
  public private(set) var measured: [Measure] = []
  /// Every figure by name.
  public private(set) var measures: [String: Double] = [:]
  private var pictureNames: Set<String> = []

  /// Creates an empty report.
  public init() {}

  /// Adds a paragraph of plain text. `[[vanishing-gradient]]` mentions another lesson: a link with its
  /// title on a page, its name in a terminal.
  public mutating func say(_ text: String) { blocks.append(.paragraph(text)) }

  /// Adds lines of mathematics: `o = Vσ(Wi + b) + c`.
  public mutating func formula(_ formula: Formula) { blocks.append(.formula(formula)) }

  /// Keeps a figure that was measured. Every figure that the text states comes through here.
  ///
  /// - Parameters:
  ///   - name: What it is; each lesson measures a name once.
  ///   - value: Its value.
  /// - Returns: The value.
  @discardableResult
  public mutating func measure(_ name: String, _ value: Double) -> Double {
    precondition(measures.updateValue(value, forKey: name) == nil, "\(name) is measured twice")
    measured.append(Measure(name: name, value: value))
    return value
  }

  /// Adds a picture: a part of the page, and a file `<lesson>-<name>.svg`.
  public mutating func show(_ figure: Figure, name: String, caption: String) {
    claim(name)
    blocks.append(.figure(figure, name: name, caption: caption))
  }

  /// Adds a moving picture: a part of the page, and a file `<lesson>-<name>.svg`.
  public mutating func show(_ animation: Animation, name: String, caption: String) {
    claim(name)
    blocks.append(.animation(animation, name: name, caption: caption))
  }

  /// Adds a table.
  public mutating func table(header: [String], rows: [[String]], caption: String) {
    precondition(rows.allSatisfy { $0.count == header.count }, "a cell for each heading")
    blocks.append(.table(header: header, rows: rows, caption: caption))
  }

  private mutating func claim(_ name: String) {
    precondition(pictureNames.insert(name).inserted, "two pictures are called \(name)")
  }
}
