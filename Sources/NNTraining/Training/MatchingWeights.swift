import NNCore

/// Tensors that replace those of a network, where they have its names and shapes.
struct MatchingWeights {
  /// The network's tensors, replaced where there is another of the same name and shape.
  let tensors: [String: HostTensor]
  /// The tensors of either side without a counterpart: one line for each.
  let differences: [String]

  /// Matches tensors by name.
  ///
  /// - Parameters:
  ///   - found: The new tensors, in the order of their file.
  ///   - own: The network's tensors.
  /// - Throws: `NNError` if none of them matches.
  init(
    _ found: [(name: String, tensor: HostTensor)], for own: [(name: String, tensor: HostTensor)]
  ) throws(NNError) {
    let known = Dictionary(
      found.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    var tensors: [String: HostTensor] = [:]
    var differences: [String] = []
    for (name, tensor) in own {
      let other = known[name]
      tensors[name] = other?.shape == tensor.shape ? other : tensor
      if other?.shape == tensor.shape { continue }
      differences.append(
        "`\(name)` \(tensor.shape): "
          + (other.map { "\($0.shape) in the file" } ?? "not in the file"))
    }
    let names = Set(own.map(\.name))
    guard differences.count < own.count else {
      let examples = own.prefix(4).map { "`\($0.name)` \($0.tensor.shape)" }
      throw .invalid(
        "none of its \(found.count) tensors matches the network",
        hint: "the network's are: \(examples.joined(separator: ", "))")
    }
    differences += found.filter { !names.contains($0.name) }.map {
      "`\($0.name)` \($0.tensor.shape): not in the network"
    }
    (self.tensors, self.differences) = (tensors, differences)
  }
}
