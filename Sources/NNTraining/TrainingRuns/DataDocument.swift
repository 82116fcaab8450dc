import NNData

/// `data.json`: how a run's data became inputs, and what was filled in, unknown, clipped or left out.
enum DataDocument {
  /// The document; nil for data that were read as they are.
  static func text(_ data: RunData) -> String? {
    guard data.train.columns != nil || !data.notes.isEmpty else { return nil }
    var members = [
      ConfigOption("source", .string(data.train.name)),
      ConfigOption("training_rows", .integer(data.train.count)),
    ]
    if let columns = data.train.columns {
      members.append(
        ConfigOption("columns", .list(columns.map(\.members).map(ConfigValue.mapping))))
    }
    let notes = data.notes.flatMap { part, notes in
      notes.map { note in
        ConfigValue.mapping([
          ConfigOption("part", .string(part.name)), ConfigOption("subject", .string(note.subject)),
          ConfigOption("what", .string(note.what)), ConfigOption("count", .integer(note.count)),
        ])
      }
    }
    members.append(ConfigOption("notes", .list(notes)))
    return JSONDocument.text(.mapping(members))
  }
}

extension RunData {
  /// A line for each note.
  package var noteLines: [String] {
    notes.flatMap { part, notes in notes.map { "\(part.name) data: \($0.line)" } }
  }
}

extension DataPart {
  /// The part in messages.
  fileprivate var name: String {
    switch self {
    case .training: "training"
    case .validation: "validation"
    case .test: "test"
    }
  }
}

extension ColumnEncoding {
  /// The encoding as members of a JSON object.
  fileprivate var members: [ConfigOption] {
    func numbers(_ values: [Double]) -> ConfigValue { .list(values.map(ConfigValue.number)) }
    let fitted: [(String, ConfigValue?)] = [
      ("name", .string(name)), ("type", .string(type.rawValue)),
      ("inputs", .list((isEmbedded ? [name] : inputNames).map(ConfigValue.string))),
      ("missing", .string(missing)),
      ("fill", fill.map(ConfigValue.number) ?? fillCategory.map(ConfigValue.string)),
      ("categories", categories.map { .list($0.map(ConfigValue.string)) }),
      ("encode", encode.map { .string($0.rawValue) }),
      ("dates", dates.map(numbers)),
    ]
    let scaling: [(String, ConfigValue?)] =
      switch scale {
      case nil: []
      case .linear(let offset, let divisor):
        [("offset", .number(offset)), ("divisor", .number(divisor))]
      case .logarithm: [("scale", .string("log"))]
      case .quantiles(let quantiles): [("quantiles", numbers(quantiles))]
      }
    return (fitted + scaling).compactMap { name, value in value.map { ConfigOption(name, $0) } }
  }
}
