import NNCore
import NNFormats
import NNReports

/// The forms in which predictions are written.
enum PredictionFormat: String, CaseIterable {
  case npy, csv, jsonl

  /// The form that a path's ending asks for.
  ///
  /// - Throws: `NNError` for other endings.
  init(path: String) throws(NNError) {
    let ending = path.split(separator: ".").last.map(String.init) ?? ""
    guard path.contains("."), let format = Self(rawValue: ending) else {
      throw .invalid("expected an --output that ends in .npy, .csv or .jsonl", at: path)
    }
    self = format
  }
}

/// What a network gave for each row, and the class or the decisions that this stands for.
struct PredictionTable {
  /// [N, …]
  let outputs: HostTensor
  /// The class of each row; nil unless the network is a classifier.
  let classes: [Int]?
  /// What each output of each row decides; nil unless each is a decision of its own.
  let decisions: [[Bool]]?
  /// The classes' names, where known.
  let classNames: [String]?
  /// What the numbers are: `outputs` or `probabilities`.
  let kind: String

  /// Writes a file, whole or not at all.
  func write(to path: String, as format: PredictionFormat) throws(NNError) {
    switch format {
    case .npy: try NPY.write(outputs, to: path)
    case .csv: try AtomicFile.write(path: path, text: csv)
    case .jsonl: try AtomicFile.write(path: path, text: jsonLines)
    }
  }

  /// A line with headings, then a line for each row; numbers read back exactly.
  var csv: String {
    var text = (headings.map(Self.field).joined(separator: ",")) + "\n"
    for (row, numbers) in rows.enumerated() {
      let label = classes.map { [Self.field(className($0[row]))] } ?? decisionTexts(row)
      text += (label + numbers).joined(separator: ",") + "\n"
    }
    return text
  }

  private var jsonLines: String {
    rows.enumerated().map { row, numbers in
      var line = JSONLine()
      if let classes {
        line.add("class", className(classes[row]))
      } else if decisions != nil {
        line.add("decisions", numbers: decisionTexts(row))
      }
      line.add(kind, numbers: numbers)
      return line.text + "\n"
    }.joined()
  }

  /// Numbers of a row, its axes laid out flat.
  private var width: Int { outputs.elementCount / max(1, outputs.shape[0]) }

  private var headings: [String] {
    let areClasses = classes != nil && width > 1
    let decided = decisions == nil ? [] : (0..<width).map { "decision_\($0)" }
    return (classes == nil ? decided : ["class"])
      + (0..<width).map { areClasses ? className($0) : "output_\($0)" }
  }

  /// The numbers of each row, in digits that read back exactly.
  private var rows: [[String]] {
    let texts =
      outputs.dtype == .float32
      ? outputs.withScalars(as: Float.self) { $0.map { "\($0)" } }
      : outputs.doubles.map { "\($0)" }
    return (0..<outputs.shape[0]).map { Array(texts[$0 * width..<($0 + 1) * width]) }
  }

  /// 1 for yes and 0 for no, for each output of a row.
  private func decisionTexts(_ row: Int) -> [String] {
    decisions.map { $0[row].map { $0 ? "1" : "0" } } ?? []
  }

  private func className(_ index: Int) -> String {
    classNames.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)"
  }

  /// A field, in quotes where it holds a separator.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { "\",\r\n".contains($0) }) else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
