import NNCore
import NNData
import NNLosses
import NNTraining

/// Runs attacks on the examples of a data set and collects their outcomes.
struct AttackMeasurement {
  /// Perturbed inputs and their outcomes, batch by batch.
  private struct Attacked {
    var inputs: [HostTensor]
    var outcomes: [[AttackedNetwork.Outcome]]
  }

  /// The number of broken examples that are kept to be shown.
  private static let shownCount = 8

  private let network: AttackedNetwork
  private let other: AttackedNetwork?
  private let attacks: [any Attack]
  private let settings: AttackSettings
  private let batches: [AttackBatch]
  private let range: InputRange
  private let example: Shape
  private let name: String
  private let figure: AttackTable.Figure

  /// Prepares networks and data; otherwise as `AttackTable.measure`.
  init(
    _ model: TrainedModel, _ dataset: Dataset, attacks: [String], settings: AttackSettings,
    examples: Int?, losses: [LossTerm]?, other: TrainedModel?
  ) throws(NNError) {
    try Self.require(settings)
    self.settings = settings
    self.attacks = try AttackRegistry.make(attacks, settings)
    name = dataset.name
    let terms = if let losses { losses } else { try Self.losses(of: model) }
    let attacked = try AttackedNetwork(
      model, losses: terms, norm: settings.norm, target: settings.target)
    network = attacked
    figure =
      settings.target.map { .resistance(target: $0) }
      ?? (attacked.hasPredictions ? .accuracy : .loss)
    let (batches, range) = try model.attackBatches(of: dataset, losses: terms, count: examples)
    self.range = range
    example = dataset.inputShape
    self.batches =
      try settings.target.map { (target) throws(NNError) in
        try Self.others(than: target, batches, classes: attacked.classCount(batches[0]))
      } ?? batches
    self.other = try other.map { (other) throws(NNError) in
      guard other.signature == model.signature else {
        throw .invalid(
          "the other network reads inputs of shape \(other.inputShape), the attacked one "
            + "\(model.inputShape)", hint: "name a run on the same data, with the same dtype")
      }
      guard other.classNames == model.classNames, other.targetScale == model.targetScale else {
        throw .invalid(
          "the other network has other targets than the attacked one: "
            + (other.classNames == model.classNames ? "another scale" : "other classes"),
          hint: "name a run on the same data")
      }
      return try AttackedNetwork(
        other, losses: terms, norm: settings.norm, target: settings.target)
    }
  }

  private static func require(_ settings: AttackSettings) throws(NNError) {
    for (name, count) in [
      ("steps", settings.steps), ("restarts", settings.restarts), ("queries", settings.queries),
    ] where count < 1 {
      throw .invalid("\(name) is \(count), expected at least 1")
    }
    if let size = settings.stepSize, !(size > 0 && size.isFinite) {
      throw .invalid("the step size is \(size), expected a number above 0")
    }
  }

  /// The run's losses, unless outputs are numbers.
  private static func losses(of model: TrainedModel) throws(NNError) -> [LossTerm] {
    guard model.meaning().prediction ?? .numbers == .numbers else {
      return try model.recordedLosses()
    }
    throw .invalid(
      "the network's outputs are numbers, which are not right or wrong: an attack on a regression "
        + "needs a loss to increase", hint: "name one: --loss mse or --loss l1")
  }

  /// The examples of other classes than the wanted one.
  private static func others(
    than target: Int, _ batches: [AttackBatch], classes: Int
  ) throws(NNError) -> [AttackBatch] {
    guard (0..<classes).contains(target) else {
      throw .invalid(
        "there is no class \(target)", hint: "the classes are 0 to \(classes - 1)")
    }
    let rest = batches.compactMap { batch -> AttackBatch? in
      let labels = batch.targets.values
      guard labels.dtype == .int32, labels.shape.rank == 1 else { return batch }
      let classes = labels.scalars(as: Int32.self)
      let others = classes.indices.filter { Int(classes[$0]) != target }
      return others.isEmpty ? nil : batch.selecting(others)
    }
    guard !rest.isEmpty else {
      throw .invalid("all examples are of the wanted class \(target)")
    }
    return rest
  }

  /// Checks the radii.
  func require(_ radii: [Double]) throws(NNError) {
    guard !radii.isEmpty else { throw .invalid("no eps is given", hint: "such as --eps 0.1") }
    for radius in radii {
      guard radius > 0, radius.isFinite else {
        throw .invalid("eps is \(radius), expected a number above 0")
      }
      try range.require(
        radius: radius, norm: settings.norm, example: example, at: name)
    }
  }

  /// Runs all attacks at all radii.
  func table(
    _ radii: [Double], onProgress: (Double, String) -> Void
  ) throws(NNError) -> AttackTable {
    let clean = Attacked(
      inputs: batches.map(\.clean), outcomes: try outcomes(of: batches.map(\.clean), network))
    try requireLosses(clean)
    try requireGradients(radii[0])
    var masking = MaskedGradients(count: count, areShares: figure != .loss)
    var rows: [AttackTable.Row] = []
    var worst = clean
    for radius in radii {
      worst = clean
      var results: [AttackTable.Result] = []
      var strengths: [MaskedGradients.Strength] = []
      for attack in attacks {
        onProgress(radius, attack.title)
        let clock = ContinuousClock()
        let start = clock.now
        let found = try run(attack, radius)
        let seconds = (clock.now - start) / .seconds(1)
        let reached = value(found.outcomes)
        results.append(
          AttackTable.Result(
            attack: attack.title, figure: reached,
            loss: settings.target == nil ? damage(found.outcomes) : .nan,
            transferred: try other.map { (other) throws(NNError) in
              value(try outcomes(of: found.inputs, other))
            }, seconds: seconds))
        strengths.append(.init(attack: attack, value: figure == .loss ? reached : 1 - reached))
        try compareHalf(of: attack, radius, &masking)
        merge(found, into: &worst)
      }
      masking.compare(strengths, radius: radius)
      rows.append(
        AttackTable.Row(
          radius: radius, results: results, worst: value(worst.outcomes),
          meanNorm: meanNorm(worst.inputs)))
    }
    return AttackTable(
      figure: figure, data: name, count: count, settings: settings, clean: value(clean.outcomes),
      transferredClean: try other.map { (other) throws(NNError) in
        value(try outcomes(of: clean.inputs, other))
      }, rows: rows, warnings: masking.warnings,
      examples: try broken(worst, clean, radius: radii[radii.count - 1]),
      worstInputs: HostTensor.concatenating(worst.inputs))
  }

  private var count: Int { batches.reduce(0) { $0 + $1.count } }

  // MARK: - Attacks

  /// Runs an attack with all restarts, of which the worst counts for each example.
  private func run(_ attack: any Attack, _ radius: Double) throws(NNError) -> Attacked {
    var result = Attacked(inputs: [], outcomes: [])
    for batch in batches {
      var inputs = try attack(batch, on: network, radius: radius, draw: 0)
      var outcomes = try network.judge(inputs, of: batch)
      for draw in 1..<max(1, attack.isRandom ? settings.restarts : 1) {
        guard !outcomes.allSatisfy(\.isBroken) else { break }
        let again = try attack(batch, on: network, radius: radius, draw: draw)
        let others = try network.judge(again, of: batch)
        Self.takeWorse(again, others, &inputs, &outcomes)
      }
      result.inputs.append(inputs)
      result.outcomes.append(outcomes)
    }
    return result
  }

  private func merge(_ found: Attacked, into worst: inout Attacked) {
    for index in batches.indices {
      Self.takeWorse(
        found.inputs[index], found.outcomes[index], &worst.inputs[index], &worst.outcomes[index])
    }
  }

  /// Replaces the examples whose outcome is worse in another attack.
  private static func takeWorse(
    _ others: HostTensor, _ found: [AttackedNetwork.Outcome], _ inputs: inout HostTensor,
    _ outcomes: inout [AttackedNetwork.Outcome]
  ) {
    let rows = found.indices.filter { found[$0].isWorse(than: outcomes[$0]) }
    guard !rows.isEmpty else { return }
    for row in rows { outcomes[row] = found[row] }
    inputs.copyRows(rows, of: others)
  }

  private func outcomes(
    of inputs: [HostTensor], _ network: AttackedNetwork
  ) throws(NNError) -> [[AttackedNetwork.Outcome]] {
    var outcomes: [[AttackedNetwork.Outcome]] = []
    for (index, batch) in batches.enumerated() {
      outcomes.append(try network.judge(inputs[index], of: batch))
    }
    return outcomes
  }

  /// Compares the loss of the first batch after half of the steps with that after all.
  private func compareHalf(
    of attack: any Attack, _ radius: Double, _ masking: inout MaskedGradients
  ) throws(NNError) {
    guard attack is PGDAttack, settings.steps > 1, let batch = batches.first else { return }
    var fewer = settings
    fewer.stepSize = settings.stepSize ?? 4 * radius / Double(settings.steps)
    fewer.steps = settings.steps / 2
    func damage(_ attack: any Attack) throws(NNError) -> Double {
      let inputs = try attack(batch, on: network, radius: radius, draw: 0)
      return self.damage([try network.judge(inputs, of: batch)])
    }
    masking.compare(
      half: try damage(PGDAttack(settings: fewer)), whole: try damage(attack), attack,
      radius: radius)
  }

  /// Checks that the clean examples have losses, which attacks compare.
  private func requireLosses(_ clean: Attacked) throws(NNError) {
    for (batch, outcomes) in zip(batches, clean.outcomes) {
      let row = outcomes.firstIndex {
        // An example without labels that count has neither.
        $0.damage.isNaN && (figure == .loss || !$0.resistance.isNaN)
      }
      guard let row else { continue }
      throw .failed(
        "the loss of example \(batch.rows[row]) is not a number before any attack: the network's "
          + "outputs for it are not finite", at: name)
    }
  }

  /// Checks that the loss of the first examples has a gradient, if an attack reads it.
  private func requireGradients(_ radius: Double) throws(NNError) {
    guard let attack = attacks.first(where: \.readsGradients), let batch = batches.first else {
      return
    }
    let advice = "use attacks that read outputs alone: square, noise"
    // A smaller step might be rounded away.
    let step = max(radius, range.width / 256)
    let moved: HostTensor
    do throws(NNError) {
      moved = try network.ascend(
        from: batch.clean, of: batch, radius: step, stepSize: step, count: 1)
    } catch {
      // A layer such as `step` has no gradient.
      throw .invalid(
        "the attack `\(attack.title)` follows the gradient of the loss with respect to the inputs: "
          + error.message, hint: advice)
    }
    guard moved == batch.clean else { return }
    throw .invalid(
      "the attack `\(attack.title)` follows the gradient of the loss with respect to the inputs, "
        + "which is 0 for all of the first \(batch.count) examples: outputs are saturated, or do not "
        + "depend on the inputs", hint: advice)
  }

  // MARK: - Figures

  private func value(_ outcomes: [[AttackedNetwork.Outcome]]) -> Double {
    guard figure != .loss else { return damage(outcomes) }
    let counted = outcomes.joined().map(\.resistance).filter { !$0.isNaN }
    return counted.reduce(0, +) / Double(counted.count)
  }

  private func damage(_ outcomes: [[AttackedNetwork.Outcome]]) -> Double {
    outcomes.joined().reduce(0) { $0 + $1.damage } / Double(outcomes.joined().count)
  }

  /// The mean Euclidean norm of perturbations.
  private func meanNorm(_ inputs: [HostTensor]) -> Double {
    var sum = 0.0
    for (batch, moved) in zip(batches, inputs) {
      let (before, after) = (batch.clean.doubles, moved.doubles)
      let width = before.count / batch.count
      for row in 0..<batch.count {
        let squares = (row * width..<(row + 1) * width).reduce(0.0) {
          $0 + (after[$1] - before[$1]) * (after[$1] - before[$1])
        }
        sum += squares.squareRoot()
      }
    }
    return sum / Double(count)
  }

  /// The first examples that are right before the worst attack and wrong after it.
  private func broken(
    _ worst: Attacked, _ clean: Attacked, radius: Double
  ) throws(NNError) -> [AttackTable.Example] {
    var examples: [AttackTable.Example] = []
    for (index, batch) in batches.enumerated() where examples.count < Self.shownCount {
      let rows = (0..<batch.count).filter {
        worst.outcomes[index][$0].isBroken && !clean.outcomes[index][$0].isBroken
      }
      guard !rows.isEmpty else { continue }
      let before = try network.classes(batch.clean, of: batch)
      let after = try network.classes(worst.inputs[index], of: batch)
      let labels = batch.targets.values
      for row in rows.prefix(Self.shownCount - examples.count) {
        var classes: (label: Int, before: Int, after: Int)?
        if let before, let after, labels.dtype == .int32, labels.elementCount == batch.count {
          classes = (Int(labels.scalars(as: Int32.self)[row]), before[row], after[row])
        }
        examples.append(
          AttackTable.Example(
            row: batch.rows[row], radius: radius, clean: batch.clean.example(row),
            perturbed: worst.inputs[index].example(row), classes: classes))
      }
    }
    return examples
  }
}

extension HostTensor {
  /// One example without the batch axis.
  fileprivate func example(_ row: Int) -> HostTensor {
    rows(row..<row + 1).reshaped(to: Shape(Array(shape.dimensions.dropFirst())))
  }

  /// Replaces rows by those of another tensor of the same type.
  fileprivate mutating func copyRows(_ rows: [Int], of other: HostTensor) {
    let width = shape[0] == 0 ? 0 : shape.byteCount(of: dtype) / shape[0]
    withMutableBytes { target in
      other.withBytes { source in
        for row in rows {
          UnsafeMutableRawBufferPointer(rebasing: target[row * width..<(row + 1) * width])
            .copyMemory(
              from: UnsafeRawBufferPointer(rebasing: source[row * width..<(row + 1) * width]))
        }
      }
    }
  }
}
