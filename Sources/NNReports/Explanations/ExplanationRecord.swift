package import NNCore
import NNFormats
package import NNTraining

/// Explained rows as `explanation.json` holds them, which the report of a run shows.
package struct ExplanationRecord {
  /// One explained row.
  package struct Row {
    /// The number of the row in the data.
    package let row: Int
    /// The explained output, as a text: `3 (coat)`.
    package let output: String
    /// The label or the target; nil where it is no single one.
    package let target: String?
    /// The loss of the row; nil if it was not measured.
    package let loss: Double?
    /// f(x).
    package let score: Double
    /// Σ attributions − (f(x) − f(baseline)); nil for methods that do not add up to it.
    package let completenessError: Double?
    /// What is drawn, one part for each input of the network.
    package let inputs: [ExplainedInput]

    /// Combines the facts about a row.
    package init(
      row: Int, output: String, target: String?, loss: Double?, score: Double,
      completenessError: Double?, inputs: [ExplainedInput]
    ) {
      self.row = row
      self.output = output
      self.target = target
      self.loss = loss
      self.score = score
      self.completenessError = completenessError
      self.inputs = inputs
    }
  }

  /// The method: `integrated_gradients`.
  package let method: String
  /// The name of the data.
  package let data: String
  /// Whether the rows were chosen because their loss is the highest.
  package let areWorst: Bool
  /// The rows, of which the file holds the first ones.
  package let rows: [Row]

  /// The maximum number of rows in the file.
  private static let largestRowCount = 8
  /// About the maximum number of numbers in the file: 10 MB.
  private static let largestSize = 500_000

  /// Combines explained rows.
  package init(method: String, data: String, areWorst: Bool, rows: [Row]) {
    self.method = method
    self.data = data
    self.areWorst = areWorst
    let sizes = rows.first?.inputs.reduce(0) { $0 + $1.summary.attributions.count } ?? 0
    let limit = max(1, min(Self.largestRowCount, Self.largestSize / max(1, 2 * sizes)))
    self.rows = Array(rows.prefix(limit))
  }

  /// Writes `explanation.json` into a run's folder.
  ///
  /// - Throws: `NNError` if the file cannot be written.
  package func write(to folder: RunFolder) throws(NNError) {
    try AtomicFile.write(path: folder.explanation, text: json.text + "\n", isSynced: false)
  }

  private var json: JSONLine {
    var document = JSONLine()
    document.add("method", method)
    document.add("data", data)
    document.add("worst", areWorst)
    document.add("rows", rows.map(\.json))
    return document
  }

  /// Reads the file of a run; nil if no row has been explained.
  ///
  /// - Throws: `NNError` if the file is damaged.
  init?(_ folder: RunFolder) throws(NNError) {
    guard let bytes = try? FileBytes.read(folder.explanation) else { return nil }
    let document = try JSONValue(parsing: bytes[...], at: folder.explanation)
    guard let method = document["method"]?.string, let data = document["data"]?.string,
      let areWorst = document["worst"]?.boolean,
      let rows = document["rows"]?.items?.allMapped({ Row($0, method: method) }), !rows.isEmpty
    else {
      throw .invalid(
        "is damaged", at: folder.explanation, hint: "write it again: nntrain explain RUN")
    }
    self.init(method: method, data: data, areWorst: areWorst, rows: rows)
  }
}

extension ExplanationRecord.Row {
  fileprivate var json: JSONLine {
    var line = JSONLine()
    line.add("row", row)
    line.add("output", output)
    line.add("target", text: target)
    line.add("loss", loss)
    line.add("score", score)
    line.add("completeness_error", completenessError)
    line.add("inputs", inputs.map(\.summary.json))
    return line
  }

  fileprivate init?(_ value: JSONValue, method: String) {
    guard let row = value["row"]?.integer, let output = value["output"]?.string,
      let score = value["score"]?.double,
      let inputs = value["inputs"]?.items?.allMapped({ ExplainedInput($0, method: method) }),
      !inputs.isEmpty
    else { return nil }
    self.init(
      row: row, output: output, target: value["target"]?.string, loss: value["loss"]?.double,
      score: score, completenessError: value["completeness_error"]?.double, inputs: inputs)
  }
}

extension ExplainedInput {
  /// The maximum number of features that are kept.
  private static let largestFeatureCount = 20

  /// What is drawn: images as they are, of others the parts.
  var summary: ExplainedInput {
    guard !isImage else { return self }
    let kept =
      hasSteps ? parts : Array(partsByMagnitude.prefix(Self.largestFeatureCount))
    return ExplainedInput(
      method: method, name: name, shape: hasSteps ? [kept.count, 1] : [kept.count], numbers: [],
      attributions: kept.map(\.value), isEmbedded: false, names: kept.map(\.name))
  }

  fileprivate var json: JSONLine {
    var line = JSONLine()
    line.add("input", text: name)
    line.add("shape", shape)
    line.add("names", names)
    line.add("numbers", numbers: numbers)
    line.add("attributions", numbers: attributions)
    return line
  }

  fileprivate init?(_ value: JSONValue, method: String) {
    guard let shape = value["shape"]?.items?.allMapped(\.integer),
      let names = value["names"]?.items?.allMapped(\.string),
      let numbers = value["numbers"]?.doubles, let attributions = value["attributions"]?.doubles,
      shape.allSatisfy({ $0 > 0 }), attributions.count == shape.saturatingProduct,
      numbers.count == (shape.count == 3 ? attributions.count : 0)
    else { return nil }
    self.init(
      method: method, name: value["input"]?.string, shape: shape, numbers: numbers,
      attributions: attributions, isEmbedded: false, names: names)
  }
}
