public import NNAnalysis
public import NNDrawing

/// The content of a lesson in order: paragraphs, formulas, figures and tables, and all
/// measurements.
public struct LessonReport: Sendable {
  /// A block of a lesson.
  public enum Block: Sendable {
    /// A paragraph of plain text, which may mention lessons: `[[vanishing-gradient]]`.
    case paragraph(String)
    /// One or more lines of mathematics.
    case formula(Formula)
    /// A figure, the suffix of its file name and its caption.
    case figure(Figure, name: String, caption: String)
    /// An animation, the suffix of its file name and its caption.
    case animation(Animation, name: String, caption: String)
    /// A table.
    case table(header: [String], rows: [[String]], caption: String)
    /// Numbers of a training step, which link to one another.
    case numbers(TextbookSection, of: TextbookStep)
  }

  /// A measurement.
  public struct Measure: Sendable, Hashable {
    /// The name, as in `accuracy with 3 hidden nodes`.
    public let name: String
    /// The value.
    public let value: Double
  }

  /// The blocks in order.
  public private(set) var blocks: [Block] = []
  /// The measurements in order.
  public private(set) var measured: [Measure] = []
  /// The measurements by name.
  public private(set) var measures: [String: Double] = [:]
  private var figureNames: Set<String> = []

  /// Creates an empty report.
  public init() {}

  /// Adds a paragraph of plain text. `[[vanishing-gradient]]` mentions another lesson: a link with
  /// its title on a page, its name in a terminal.
  public mutating func paragraph(_ text: String) { blocks.append(.paragraph(text)) }

  /// Adds lines of mathematics: `o = Vσ(Wi + b) + c`.
  public mutating func formula(_ formula: Formula) { blocks.append(.formula(formula)) }

  /// Records a measurement. Every number that the text states is recorded here.
  ///
  /// - Parameters:
  ///   - name: The name, unique in a lesson.
  ///   - value: The value.
  /// - Returns: The value.
  @discardableResult
  public mutating func measure(_ name: String, _ value: Double) -> Double {
    precondition(measures.updateValue(value, forKey: name) == nil, "\(name) is measured twice")
    measured.append(Measure(name: name, value: value))
    return value
  }

  /// Adds a figure: to the page, and as a file `<lesson>-<name>.svg`.
  public mutating func show(_ figure: Figure, name: String, caption: String) {
    claim(name)
    blocks.append(.figure(figure, name: name, caption: caption))
  }

  /// Adds an animation: to the page, and as a file `<lesson>-<name>.svg`.
  public mutating func show(_ animation: Animation, name: String, caption: String) {
    claim(name)
    blocks.append(.animation(animation, name: name, caption: caption))
  }

  /// Adds a table.
  public mutating func table(header: [String], rows: [[String]], caption: String) {
    precondition(
      rows.allSatisfy { $0.count == header.count }, "expected one cell per column in every row")
    blocks.append(.table(header: header, rows: rows, caption: caption))
  }

  /// Adds all numbers of a training step.
  public mutating func show(_ step: TextbookStep) {
    blocks += step.sections.map { .numbers($0, of: step) }
  }

  private mutating func claim(_ name: String) {
    precondition(figureNames.insert(name).inserted, "two figures are called \(name)")
  }
}
