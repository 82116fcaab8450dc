package import NNCore
package import NNTraining

/// Proposes inputs for the examples of a batch, which a random search accepts or not.
package protocol SearchProposals {
  /// The inputs from which the search starts, those of all examples one after another.
  func start() -> [Double]

  /// A changed input of one example.
  ///
  /// - Parameters:
  ///   - current: The input that the search has kept.
  ///   - row: The example's position in the batch.
  ///   - query: The number of the query, from 1.
  func proposal(changing current: ArraySlice<Double>, row: Int, query: Int) -> [Double]
}

/// A random search for inputs for which a network fails: each query proposes a change of every
/// example, which is kept where the outcome is worse for the network.
package struct RandomSearch {
  private let queries: Int

  /// Prepares a search.
  ///
  /// - Parameter queries: The number of outputs that it may ask for, for each example, at least 1.
  package init(queries: Int) { self.queries = queries }

  /// Searches until the queries are used or all examples are broken.
  ///
  /// - Parameters:
  ///   - batch: The clean examples.
  ///   - proposals: The start and the changes.
  ///   - judge: The outcome of inputs in place of the clean ones of some of the examples.
  /// - Returns: For each example the input with the worst outcome of all that were asked about.
  package func callAsFunction(
    _ batch: AttackBatch, _ proposals: some SearchProposals,
    judge: (HostTensor, AttackBatch) throws(NNError) -> [AttackedNetwork.Outcome]
  ) throws(NNError) -> HostTensor {
    let clean = batch.clean
    let width = clean.elementCount / batch.count
    func own(_ position: Int) -> Range<Int> { position * width..<(position + 1) * width }
    func tensor(_ numbers: [Double], _ shape: Shape) -> HostTensor {
      HostTensor(doubles: numbers, shape: shape, dtype: clean.dtype)
    }
    var best = proposals.start()
    var outcomes = try judge(tensor(best, clean.shape), batch)
    // Broken examples are left out as soon as they are half of those that are asked about; the sizes
    // of batches, each of which is compiled, are then few.
    var asked = Array(0..<batch.count)
    var part = batch
    for query in 1..<max(1, queries) {
      let open = asked.filter { !outcomes[$0].isBroken }
      guard !open.isEmpty else { break }
      if 2 * open.count <= asked.count {
        asked = open
        part = batch.selecting(asked)
      }
      let proposed = asked.flatMap { row in
        outcomes[row].isBroken
          ? Array(best[own(row)])
          : proposals.proposal(changing: best[own(row)], row: row, query: query)
      }
      let found = try judge(tensor(proposed, part.clean.shape), part)
      for (position, row) in asked.enumerated()
      where !outcomes[row].isBroken && found[position].isWorse(than: outcomes[row]) {
        outcomes[row] = found[position]
        best.replaceSubrange(own(row), with: proposed[own(position)])
      }
    }
    return tensor(best, clean.shape)
  }
}
