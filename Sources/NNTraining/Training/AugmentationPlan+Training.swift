import NNCore
import NNData
import NNLosses

extension AugmentationPlan {
  /// The augmentations of a training; nil for none.
  ///
  /// Mixed labels become distributions over the network's classes, for which the step is prepared.
  ///
  /// - Throws: `NNError` for augmentations that are incompatible with the data, the loss or
  ///   adversarial training.
  init?(
    _ settings: TrainingSettings, _ data: Dataset, _ step: TrainingStep, seed: UInt64
  ) throws(NNError) {
    let all = settings.augmentation
    guard !all.isEmpty else { return nil }
    guard let mixing = all.first(where: { $0 is any BatchAugmentation }) else {
      try self.init(all, for: data, seed: seed)
      return
    }
    if let problem = step.objective.problem(mixingBy: mixing.name) { throw problem }
    if settings.adversarial != nil { throw Objective.problem(mixingPerturbed: mixing.name) }
    guard data.hasLabels else {
      try self.init(all, for: data, seed: seed)
      return
    }
    if let ignored = step.objective.main.target.ignoreIndex,
      let row = data.firstRow(withLabel: ignored)
    {
      throw .invalid(
        "row \(data.sourceRow(of: row)) (from 0) has the label \(ignored), which the loss ignores, "
          + "and `\(mixing.name)` mixes every label", at: data.name,
        hint: "leave `\(mixing.name)` or the rows out")
    }
    let term = step.objective.terms[0]
    guard let target = term.targetName(among: data.namedTargets.names) else {
      // The loss reads no target, so any number of classes serves.
      let classes = data.classCount ?? 1
      try self.init(all, for: data, seed: seed, classes: classes)
      step.useDistributions(over: classes)
      return
    }
    let outputs = try step.evaluator.outputShapes()
    let output = term.outputName(among: outputs.names).flatMap { outputs[$0] } ?? outputs.values
    guard target == data.namedTargets.names[0], output.rank == 2 else {
      throw .invalid(
        "`\(mixing.name)` mixes one label per example, and the loss compares the target "
          + "`\(target)` with an output \(output)",
        hint: "leave it out")
    }
    try self.init(all, for: data, seed: seed, classes: output[1])
    step.useDistributions(over: output[1])
  }
}

extension Dataset {
  /// The first example with a label; nil for none.
  fileprivate func firstRow(withLabel label: Int) -> Int? {
    targets.withScalars(as: Int32.self) { labels in
      labels.firstIndex { Int($0) == label }.map { $0 / max(1, targetShape.elementCount) }
    }
  }
}
