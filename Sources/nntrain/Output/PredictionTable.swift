import NNCore
import NNFormats
import NNReports

/// The file formats of predictions.
enum PredictionFormat: String, CaseIterable {
  case npy, npz, csv, jsonl

  /// The format for a path's extension.
  ///
  /// - Throws: `NNError` for other extensions.
  init(path: String) throws(NNError) {
    let ending = path.split(separator: ".").last.map(String.init) ?? ""
    guard path.contains("."), let format = Self(rawValue: ending) else {
      throw .invalid("expected an --output that ends in .npy, .npz, .csv or .jsonl", at: path)
    }
    self = format
  }
}

/// The predictions for each row: the network's outputs, the class or the decisions, and other
/// columns of the input. A network that predicts a class for each step has a line for each valid
/// step in CSV.
struct PredictionTable {
  /// The outputs by name, the main one first: [N, …].
  let namedOutputs: Ports<HostTensor>
  /// The class of each row; nil unless the network is a classifier.
  let classes: [Int]?
  /// The classes of the valid steps of each row; nil unless the only output are classes per step.
  var stepClasses: [[Int]]?
  /// The decision of each output of each row; nil unless outputs are binary decisions.
  let decisions: [[Bool]]?
  /// The classes' names, where known.
  let classNames: [String]?
  /// The names of the target columns, where known.
  var targetNames: [String]?
  /// Other columns of the input and, for each row, their texts; they come first.
  var others: (names: [String], rows: [[String]]) = ([], [])
  /// The kind of numbers: `outputs` or `probabilities`.
  let kind: String

  /// Writes a file, whole or not at all.
  func write(to path: String, as format: PredictionFormat) throws(NNError) {
    switch format {
    case .npy:
      guard namedOutputs.count == 1 else {
        throw .invalid(
          "one array cannot hold the outputs \(namedOutputs.names.joined(separator: ", "))",
          at: path, hint: "write .npz, .csv or .jsonl")
      }
      try NPY.write(outputs, to: path)
    case .npz:
      try NPZ.write(zip(namedOutputs.names, namedOutputs.all).map { ($0, $1) }, to: path)
    case .csv: try AtomicFile.write(path: path, text: csv)
    case .jsonl: try AtomicFile.write(path: path, text: jsonLines)
    }
  }

  /// A heading line, then one line per row; numbers have full precision.
  var csv: String {
    if let stepClasses { return csv(ofSteps: stepClasses) }
    let further = furtherOutputs
    let names =
      others.names + (classes == nil ? decisionHeadings : [classHeading]) + outputHeadings
      + further.flatMap(\.columns)
    var text = names.map(CSVField.quoted).joined(separator: ",") + "\n"
    for (row, numbers) in rows.enumerated() {
      let label = classes.map { [className($0[row])] } ?? decisionTexts(row)
      let others = further.flatMap { $0.rows[row] }
      text +=
        ((texts(of: row) + label).map(CSVField.quoted) + numbers + others).joined(separator: ",")
        + "\n"
    }
    return text
  }

  /// A line for each valid step, with the numbers of its row and of the step from 0.
  private func csv(ofSteps steps: [[Int]]) -> String {
    let classCount = outputs.shape[2]
    let names = others.names + ["row", "step", classHeading] + headings(ofClasses: classCount)
    var text = names.map(CSVField.quoted).joined(separator: ",") + "\n"
    for (row, numbers) in rows.enumerated() {
      let own = texts(of: row).map(CSVField.quoted)
      for (step, label) in steps[row].enumerated() {
        let scores = numbers[step * classCount..<(step + 1) * classCount]
        text +=
          (own + ["\(row)", "\(step)", CSVField.quoted(className(label))] + scores)
          .joined(separator: ",") + "\n"
      }
    }
    return text
  }

  private var jsonLines: String {
    let headings = outputHeadings
    let further = furtherOutputs
    return rows.enumerated().map { row, numbers in
      var line = JSONLine()
      for (name, text) in zip(others.names, texts(of: row)) { line.add(name, text) }
      if let steps = stepClasses?[row] {
        line.add("classes", steps.map(className))
        line.add(kind, numbers: Array(numbers.prefix(steps.count * outputs.shape[2])))
        return line.text + "\n"
      }
      if let classes {
        line.add(classHeading, className(classes[row]))
      } else if decisions != nil {
        line.add("decisions", numbers: decisionTexts(row))
      }
      if classes == nil, headings == targetNames {
        for (name, number) in zip(headings, numbers) { line.add(name, number: number) }
      } else {
        line.add(kind, numbers: numbers)
      }
      for output in further { line.add(output.name, numbers: output.rows[row]) }
      return line.text + "\n"
    }.joined()
  }

  /// The outputs other than the main one: the name of each, those of its columns, and the numbers of
  /// each row.
  private var furtherOutputs: [(name: String, columns: [String], rows: [[String]])] {
    namedOutputs.names.dropFirst().compactMap { name in
      guard let tensor = namedOutputs[name] else { return nil }
      let rows = Self.numbers(of: tensor)
      let width = rows.first?.count ?? 0
      return (name, width == 1 ? [name] : (0..<width).map { "\(name)_\($0)" }, rows)
    }
  }

  private func texts(of row: Int) -> [String] { others.names.isEmpty ? [] : others.rows[row] }

  /// The main output.
  private var outputs: HostTensor { namedOutputs.values }

  /// The number of outputs of a row, over all its axes.
  private var width: Int { outputs.elementCount / max(1, outputs.shape[0]) }

  /// The target's name, or `class`.
  private var classHeading: String {
    targetNames.flatMap { $0.count == 1 ? $0[0] : nil } ?? "class"
  }

  /// The targets' names, or `decision_0`, … if unknown; none unless outputs are decisions.
  private var decisionHeadings: [String] {
    guard decisions != nil else { return [] }
    return namesOfOutputs ?? (0..<width).map { "decision_\($0)" }
  }

  /// The targets' names if there is one for each output.
  private var namesOfOutputs: [String]? { targetNames.flatMap { $0.count == width ? $0 : nil } }

  /// The targets' names, or `output_NAME` if there are decisions as well; for a classifier
  /// `species=setosa` for each class; without such names the classes, or `output_0`, ….
  private var outputHeadings: [String] {
    if classes == nil, let names = namesOfOutputs {
      return decisions == nil ? names : names.map { "output_\($0)" }
    }
    guard classes != nil else { return (0..<width).map { "output_\($0)" } }
    return headings(ofClasses: width)
  }

  private func headings(ofClasses width: Int) -> [String] {
    guard let target = targetNames, target.count == 1 else {
      return (0..<width).map { width > 1 ? className($0) : "output_\($0)" }
    }
    // A single output is the score of class 1.
    return (0..<width).map { "\(target[0])=\(className(width > 1 ? $0 : 1))" }
  }

  private var rows: [[String]] { Self.numbers(of: outputs) }

  /// The numbers of each row, in full precision.
  private static func numbers(of outputs: HostTensor) -> [[String]] {
    let texts =
      outputs.dtype == .float32
      ? outputs.withScalars(as: Float.self) { $0.map { "\($0)" } }
      : outputs.doubles.map { "\($0)" }
    let width = outputs.elementCount / max(1, outputs.shape[0])
    return (0..<outputs.shape[0]).map { Array(texts[$0 * width..<($0 + 1) * width]) }
  }

  /// 1 for yes and 0 for no, for each output of a row.
  private func decisionTexts(_ row: Int) -> [String] {
    decisions.map { $0[row].map { $0 ? "1" : "0" } } ?? []
  }

  private func className(_ index: Int) -> String {
    classNames.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? "\(index)"
  }
}
