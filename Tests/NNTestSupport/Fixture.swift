package import NNCore
package import NNFormats

/// A file of examples that PyTorch computed, as `Tests/ReferenceTests/Fixtures/common.py` writes
/// it.
package struct Fixture: Sendable {
  /// The examples, sorted by name.
  package let examples: [FixtureExample]

  /// The folder with a folder of fixtures for each case.
  package static var folder: String { Repository.path("Tests/ReferenceTests/Fixtures") }

  /// Reads `Fixtures/<folder>/<file>.safetensors`.
  ///
  /// - Throws: `NNError` when the file is missing, damaged or has no options.
  package static func load(_ folder: String, _ file: String) throws(NNError) -> Fixture {
    try Fixture(contentsOf: "\(Self.folder)/\(folder)/\(file).safetensors")
  }

  /// Reads a file of examples.
  ///
  /// - Throws: `NNError` when the file is missing, damaged or has no options.
  package init(contentsOf path: String) throws(NNError) {
    try self.init(SafeTensorsFile(contentsOf: path), at: path)
  }

  /// Reads the examples from a file's contents; `place` names them in errors.
  ///
  /// - Throws: `NNError` when the options are missing or a tensor belongs to no example.
  package init(_ file: SafeTensorsFile, at place: String) throws(NNError) {
    guard let text = file.metadata["examples"],
      case .object(let options)? = try? FixtureOption(json: text)
    else { throw .invalid("metadata \"examples\" is not a JSON object", at: place) }
    var tensors: [String: [String: HostTensor]] = [:]
    for (name, tensor) in file.tensors {
      let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
      guard parts.count == 2, options[parts[0]] != nil else {
        throw .invalid("tensor \"\(name)\" belongs to no example", at: place)
      }
      tensors[parts[0], default: [:]][parts[1]] = tensor
    }
    examples = options.sorted { $0.key < $1.key }.map { name, options in
      FixtureExample(name: name, options: options, place: place, tensors: tensors[name] ?? [:])
    }
  }

  /// The example of a name.
  ///
  /// - Throws: `NNError` when there is none.
  package func example(_ name: String) throws(NNError) -> FixtureExample {
    guard let example = examples.first(where: { $0.name == name }) else {
      throw .invalid("no example \"\(name)\" among \(examples.map(\.name))")
    }
    return example
  }
}

/// One example: options, inputs, and PyTorch's results in each precision.
package struct FixtureExample: Sendable, CustomStringConvertible {
  /// The example's name, unique in its file.
  package let name: String
  /// All options of the example: `config` and those that its generator documents.
  package let options: FixtureOption
  fileprivate let place: String
  fileprivate let tensors: [String: HostTensor]

  /// The name, which test reports show.
  package var description: String { name }

  /// The layer list, loss, optimizer … in the form of a config file; null where there is none.
  package var config: FixtureOption { options["config"] ?? .null }

  /// The names of the inputs, sorted.
  package var givenNames: [String] {
    tensors.keys.filter { name in !Self.precisions.contains { name.hasPrefix("\($0)/") } }.sorted()
  }

  /// The names of the expected results in a precision, sorted.
  package func expectedNames(_ dtype: DType) -> [String] {
    let prefix = "\(dtype)/"
    return tensors.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
      .sorted()
  }

  /// The input with a name; floating-point numbers in the given precision, without rounding.
  ///
  /// - Throws: `NNError` when there is nothing of that name.
  package func given(_ name: String, as dtype: DType) throws(NNError) -> HostTensor {
    let tensor = try tensor(name)
    return tensor.dtype.isFloatingPoint ? tensor.converted(to: dtype) : tensor
  }

  /// PyTorch's result with a name in a precision.
  ///
  /// - Throws: `NNError` when there is nothing of that name.
  package func expected(_ name: String, _ dtype: DType) throws(NNError) -> HostTensor {
    try tensor("\(dtype)/\(name)")
  }

  /// All inputs with a prefix in their names, which is removed: `"state."` returns a state_dict.
  ///
  /// - Throws: `NNError` never for names that are there.
  package func given(
    prefix: String, as dtype: DType
  ) throws(NNError) -> [(name: String, tensor: HostTensor)] {
    var result: [(name: String, tensor: HostTensor)] = []
    for name in givenNames where name.hasPrefix(prefix) {
      result.append((String(name.dropFirst(prefix.count)), try given(name, as: dtype)))
    }
    return result
  }

  /// All expected results with a prefix in their names, which is removed: `"grad."`, `"after."`.
  ///
  /// - Throws: `NNError` never for names that are there.
  package func expected(
    prefix: String, _ dtype: DType
  ) throws(NNError) -> [(name: String, tensor: HostTensor)] {
    var result: [(name: String, tensor: HostTensor)] = []
    for name in expectedNames(dtype) where name.hasPrefix(prefix) {
      result.append((String(name.dropFirst(prefix.count)), try expected(name, dtype)))
    }
    return result
  }

  private static let precisions: [DType] = [.float32, .float64]

  private func tensor(_ key: String) throws(NNError) -> HostTensor {
    guard let tensor = tensors[key] else {
      throw .invalid(
        "example \"\(name)\" has no \"\(key)\" among \(tensors.keys.sorted())", at: place)
    }
    return tensor
  }
}
