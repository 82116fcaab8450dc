import NNCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A named group of workloads.
struct WorkloadGroup: Sendable {
  /// The name on the command line.
  let name: String
  /// A one-line description.
  let summary: String
  /// The members, in the order in which they are timed.
  let workloads: [Workload]

  private init(_ name: String, _ summary: String, _ workloads: [Workload]) {
    self.name = name
    self.summary = summary
    self.workloads = workloads
  }

  private static let networks = WorkloadGroup(
    "networks", "training steps, or forward passes with --infer",
    [.mlp, .lenet, .resnet20, .sine, .lstm, .gru, .lstm512, .gru16, .gpt])
  private static let generation = WorkloadGroup(
    "generation", "texts token by token, with a cache of keys and values", [.gptGenerate])
  private static let inputGradients = WorkloadGroup(
    "input-gradients", "attacks and explanations: gradients with respect to images",
    [.pgd, .integratedGradients])
  private static let widths = WorkloadGroup(
    "widths", "784-N-N-10 with ReLU, batch 128, Adam", Workload.mlpWidths)
  private static let batches = WorkloadGroup(
    "batches", "the network of mlp with batch size N", Workload.mlpBatches)
  private static let products = WorkloadGroup(
    "products", "matrix products [m, k]·[k, n], named m×n×k", Workload.products)
  private static let convolutions = WorkloadGroup(
    "convolutions", "those of ResNet-20 on 32 images", Workload.convolutions)
  private static let passes = WorkloadGroup(
    "passes", "memory-bound passes", [.batchNorm, .softmax, .adamW] + Workload.elementwise)

  /// Groups that share no member.
  static let parts = [
    networks, widths, batches, products, convolutions, passes, generation,
    inputGradients,
  ]

  /// Every group.
  static let every =
    parts + [
      WorkloadGroup(
        "kernels", "products, convolutions and passes",
        [products, convolutions, passes].flatMap(\.workloads)),
      WorkloadGroup("all", "everything", parts.flatMap(\.workloads)),
    ]

  /// The workloads that names, groups and patterns select, each once, in the order of the words.
  ///
  /// - Throws: `NNError` that names a word that selects nothing, and lists the workloads.
  static func select(_ words: [String]) throws(NNError) -> [Workload] {
    var chosen: [Workload] = []
    for word in words {
      for workload in try select(word) where !chosen.contains(where: { $0.name == workload.name }) {
        chosen.append(workload)
      }
    }
    return chosen
  }

  private static func select(_ word: String) throws(NNError) -> [Workload] {
    if let group = every.first(where: { $0.name == word }) { return group.workloads }
    let found = parts.flatMap(\.workloads).filter { fnmatch(word, $0.name, 0) == 0 }
    guard !found.isEmpty else {
      throw .invalid(
        "there is no workload \"\(word)\"",
        hint: "there are "
          + (parts[0].workloads.map(\.name) + every.map(\.name)).joined(separator: ", ")
          + "; nnbench --help lists the members of groups")
    }
    return found
  }
}
