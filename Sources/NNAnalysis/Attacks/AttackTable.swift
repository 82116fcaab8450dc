public import NNCore
public import NNData
public import NNLosses
public import NNTraining

/// How well a network withstands perturbations of its inputs: a row for each radius, with a figure for
/// each attack and for the worst of them.
///
/// ```swift
/// let table = try AttackTable.measure(
///   trained, on: test, attacks: ["fgsm", "pgd"], radii: [0.02, 0.05, 0.1], examples: 1000)
/// print(table.clean, table.rows.map(\.worst))
/// ```
public struct AttackTable: Sendable {
  /// What figures are.
  public enum Figure: Sendable, Hashable {
    /// The share of labels that are predicted correctly, 0…1.
    case accuracy
    /// The share of examples that are not predicted as the wanted class of a targeted attack, among
    /// those of other classes.
    case resistance(target: Int)
    /// The mean loss, of outputs that are numbers: here a greater figure is worse.
    case loss
  }

  /// The result of one attack at one radius.
  public struct Result: Sendable {
    /// The attack's title: `pgd-40`.
    public let attack: String
    /// The figure under the attack.
    public let figure: Double
    /// The mean loss under the attack, which a targeted attack does not have.
    public let loss: Double
    /// The figure of the other network for the same perturbed inputs; nil without one.
    public let transferred: Double?
    /// The seconds that it took.
    public let seconds: Double
  }

  /// The results at one radius.
  public struct Row: Sendable {
    /// ε, in the unit of raw inputs.
    public let radius: Double
    /// The result of each attack, in order.
    public let results: [Result]
    /// The figure if the worst attack counts for each example.
    public let worst: Double
    /// The mean Euclidean norm of these perturbations.
    public let meanNorm: Double
    /// The seconds of all attacks.
    public var seconds: Double { results.reduce(0) { $0 + $1.seconds } }
  }

  /// One example before and after the worst attack.
  public struct Example: Sendable {
    /// Its number in the data set.
    public let row: Int
    /// The radius.
    public let radius: Double
    /// The clean input, in the run's type, without the batch axis.
    public let clean: HostTensor
    /// The perturbed input.
    public let perturbed: HostTensor
    /// The true class, and the predicted ones before and after; nil unless each example has one.
    public let classes: (label: Int, before: Int, after: Int)?
  }

  /// What figures are.
  public let figure: Figure
  /// The data set's name.
  public let data: String
  /// The number of examples.
  public let count: Int
  /// The options.
  public let settings: AttackSettings
  /// The figure of the clean examples.
  public let clean: Double
  /// The figure of the other network for the clean examples; nil without one.
  public let transferredClean: Double?
  /// A row for each radius, in order.
  public let rows: [Row]
  /// Signs that gradients are masked, so that the network seems stronger than it is.
  public let warnings: [String]
  /// The first examples that the worst attack at the last radius has broken.
  public let examples: [Example]
  /// The inputs of the worst attack at the last radius, [N, …] in the run's type.
  public let worstInputs: HostTensor

  /// Attacks a network.
  ///
  /// - Parameters:
  ///   - model: The network.
  ///   - dataset: The examples, like those that it was trained on. Perturbed inputs stay in the range
  ///     of all of them.
  ///   - attacks: The names of attacks, such as `pgd`.
  ///   - radii: Each ε, above 0.
  ///   - settings: The options.
  ///   - examples: The number of examples to attack, the first ones; nil (default) for all.
  ///   - losses: What attacks increase; nil (default) for the run's losses.
  ///   - other: Another network, which is shown the same perturbed inputs; nil (default) for none.
  ///   - onProgress: Receives the radius and the title of each attack before it runs.
  /// - Throws: `NNError` for an unknown attack, for a radius that is not positive or larger than the
  ///   range of the data, for a network without gradients (of tokens, or with `step`), for outputs
  ///   that are numbers without `losses`, and for data that are incompatible with the network.
  public static func measure(
    _ model: TrainedModel, on dataset: Dataset, attacks: [String], radii: [Double],
    settings: AttackSettings = AttackSettings(), examples: Int? = nil, losses: [LossTerm]? = nil,
    transferringTo other: TrainedModel? = nil,
    onProgress: (_ radius: Double, _ attack: String) -> Void = { _, _ in }
  ) throws(NNError) -> AttackTable {
    let measurement = try AttackMeasurement(
      model, dataset, attacks: attacks, settings: settings, examples: examples, losses: losses,
      other: other)
    try measurement.require(radii)
    return try measurement.table(radii, onProgress: onProgress)
  }
}
