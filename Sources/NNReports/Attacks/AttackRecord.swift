import NNCore
import NNFormats
import NNTraining

/// What a report reads of `attack.json`.
struct AttackRecord {
  /// The results at one radius.
  struct Row {
    let radius: Double
    let attacks: [(name: String, figure: Double)]
    let worst: Double
    let meanNorm: Double
  }

  /// One broken example.
  struct Example {
    let row: Int
    let radius: Double
    let label: Int?
    let before: Int?
    let after: Int?
    let shape: [Int]
    let clean: [Double]
    let perturbed: [Double]
  }

  let data: String
  let count: Int
  let figure: String
  let target: Int?
  let norm: String
  let clean: Double
  let rows: [Row]
  let examples: [Example]
  let warnings: [String]

  /// Reads the file of a run; nil if the network has not been attacked.
  ///
  /// - Throws: `NNError` if the file is damaged.
  init?(_ folder: RunFolder) throws(NNError) {
    guard let bytes = try? FileBytes.read(folder.attack) else { return nil }
    let document = try JSONValue(parsing: bytes[...], at: folder.attack)
    let damaged = NNError.invalid(
      "is damaged", at: folder.attack, hint: "write it again: nntrain attack RUN")
    guard let data = document["data"]?.string, let count = document["rows"]?.integer,
      let figure = document["figure"]?.string, let norm = document["norm"]?.string,
      let clean = document["clean"]?.double, let table = document["table"]?.items,
      let examples = document["examples"]?.items, let warnings = document["warnings"]?.items
    else { throw damaged }
    (self.data, self.count, self.figure, self.norm, self.clean) = (data, count, figure, norm, clean)
    target = document["target"]?.integer
    self.warnings = warnings.compactMap(\.string)
    rows = table.compactMap(Row.init)
    self.examples = examples.compactMap(Example.init)
    guard rows.count == table.count, self.examples.count == examples.count, !rows.isEmpty else {
      throw damaged
    }
  }
}

extension AttackRecord.Row {
  fileprivate init?(_ value: JSONValue) {
    guard let radius = value["eps"]?.double, let worst = value["worst"]?.double,
      let meanNorm = value["mean_norm"]?.double, let attacks = value["attacks"]?.items
    else { return nil }
    (self.radius, self.worst, self.meanNorm) = (radius, worst, meanNorm)
    self.attacks = attacks.compactMap { attack in
      guard let name = attack["attack"]?.string, let figure = attack["figure"]?.double else {
        return nil
      }
      return (name, figure)
    }
  }
}

extension AttackRecord.Example {
  fileprivate init?(_ value: JSONValue) {
    guard let row = value["row"]?.integer, let radius = value["eps"]?.double,
      let shape = value["shape"]?.items?.compactMap(\.integer),
      let clean = value["clean"]?.items?.compactMap(\.double),
      let perturbed = value["perturbed"]?.items?.compactMap(\.double),
      clean.count == shape.saturatingProduct, perturbed.count == clean.count
    else { return nil }
    self.init(
      row: row, radius: radius, label: value["label"]?.integer, before: value["before"]?.integer,
      after: value["after"]?.integer, shape: shape, clean: clean, perturbed: perturbed)
  }
}
