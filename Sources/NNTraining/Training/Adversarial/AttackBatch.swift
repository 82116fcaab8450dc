package import NNCore
package import NNData

/// Examples to be attacked.
package struct AttackBatch: Sendable {
  /// The network's raw inputs by name, [N, …] in the run's type; the main one is perturbed.
  package let inputs: Ports<HostTensor>
  /// The targets, as batches hold them.
  package let targets: Ports<HostTensor>
  /// The smallest value of each element of the main input.
  package let low: HostTensor
  /// The largest value of each element of the main input.
  package let high: HostTensor
  /// The numbers of the examples in their data set, on which random numbers depend, so that they do
  /// not depend on the batches.
  package let rows: [Int]

  /// Combines examples with the range of their data.
  package init(
    inputs: Ports<HostTensor>, targets: Ports<HostTensor>, range: InputRange, rows: [Int]
  ) {
    self.inputs = inputs
    self.targets = targets
    self.rows = rows
    (low, high) = range.bounds(of: inputs.values, lengths: inputs.lengths)
  }

  private init(
    inputs: Ports<HostTensor>, targets: Ports<HostTensor>, low: HostTensor, high: HostTensor,
    rows: [Int]
  ) {
    self.inputs = inputs
    self.targets = targets
    self.low = low
    self.high = high
    self.rows = rows
  }

  /// The clean inputs.
  package var clean: HostTensor { inputs.values }

  /// The number of examples.
  package var count: Int { rows.count }

  /// The same examples with other targets.
  package func replacing(targets: Ports<HostTensor>) -> AttackBatch {
    AttackBatch(inputs: inputs, targets: targets, low: low, high: high, rows: rows)
  }

  /// The batch of the examples at some positions.
  package func selecting(_ positions: [Int]) -> AttackBatch {
    AttackBatch(
      inputs: inputs.map { $1.gathering(positions) },
      targets: targets.map { $1.gathering(positions) }, low: low.gathering(positions),
      high: high.gathering(positions), rows: positions.map { rows[$0] })
  }
}
