import NNCore
import NNFormats

/// A file of weights that replace a network's initial ones, for the option `--init`.
struct InitialWeights {
  /// The new weights by name.
  let tensors: [String: HostTensor]
  /// The tensors of network or file without a counterpart: one line for each.
  let differences: [String]

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: A safetensors file.
  ///   - own: The network's own weights.
  ///   - allowsDifferences: Whether tensors of the network keep their values if the file lacks them
  ///     or has another shape; otherwise loading `tensors` throws.
  /// - Throws: `NNError` if the file cannot be read or none of its tensors matches.
  init(
    _ path: String, for own: [(name: String, tensor: HostTensor)], allowsDifferences: Bool
  ) throws(NNError) {
    let file = try SafeTensorsFile(contentsOf: path)
    let found = Dictionary(
      file.tensors.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    guard allowsDifferences else {
      (tensors, differences) = (found, [])
      return
    }
    var tensors: [String: HostTensor] = [:]
    var differences: [String] = []
    for (name, tensor) in own {
      let other = found[name]
      tensors[name] = other?.shape == tensor.shape ? other : tensor
      if other?.shape == tensor.shape { continue }
      differences.append(
        "`\(name)` \(tensor.shape): "
          + (other.map { "\($0.shape) in the file" } ?? "not in the file"))
    }
    let names = Set(own.map(\.name))
    guard differences.count < own.count else {
      throw .invalid(
        "none of its \(file.tensors.count) tensors matches the network", at: path,
        hint:
          "the network's are: \(own.prefix(4).map { "`\($0.name)` \($0.tensor.shape)" }.joined(separator: ", "))"
      )
    }
    differences += file.tensors.filter { !names.contains($0.name) }.map {
      "`\($0.name)` \($0.tensor.shape): not in the network"
    }
    (self.tensors, self.differences) = (tensors, differences)
  }
}
