public import NNCore
public import NNData

/// How a config's training examples are augmented.
extension Config {
  /// The augmentations of training examples, in order; empty for none.
  ///
  /// - Throws: `NNError` for options that an augmentation does not accept.
  public func makeAugmentations() throws(NNError) -> [any DataAugmentation] {
    var made: [any DataAugmentation] = []
    for augmentation in data.augment { made.append(try Registry.augmentations.build(augmentation)) }
    return made
  }

  /// The augmentations of training examples, checked against the data; mixed labels are distributed
  /// over the classes of the data.
  ///
  /// - Throws: `NNError` for augmentations that do not suit the data, with their position.
  package func augmentationPlan(for train: Dataset) throws(NNError) -> AugmentationPlan {
    do throws(NNError) {
      return try AugmentationPlan(makeAugmentations(), for: train, seed: UInt64(seed))
    } catch { throw augmentationPositions.placing(error) }
  }

  /// An entry of a config on one line: `{random_crop: {padding: 4}}`.
  package static func text(of component: ComponentConfig) -> String {
    YAMLWriter.inline(component.value)
  }

  /// Reports augmentations that are incompatible with other settings.
  func checkAugmentations(_ root: ConfigNode, _ problems: ConfigProblems) {
    guard let made = try? makeAugmentations(), let node = root["data"]?["augment"] else { return }
    guard let index = made.firstIndex(where: { $0 is any BatchAugmentation }) else { return }
    let position = (node.items?[index] ?? node).position
    if let objective = try? makeObjective(),
      let problem = objective.problem(mixingBy: made[index].name)
    {
      problems.report(problem.message, at: position, hint: problem.hint)
    } else if adversarial != nil {
      let problem = Objective.problem(mixingPerturbed: made[index].name)
      problems.report(problem.message, at: position, hint: problem.hint)
    }
  }
}

/// The positions of a config's augmentations in the file, so that errors found later can name them.
///
/// They are not part of a config's value: all are equal.
struct AugmentationPositions: Sendable, Hashable {
  private var positions: [ConfigPosition] = []

  /// No positions, as in a config created by a program.
  init() {}

  /// The positions of the entries of `data.augment`.
  init(_ root: ConfigNode) {
    guard let node = root["data"]?["augment"] else { return }
    positions = (node.items ?? [node]).map(\.position)
  }

  static func == (left: Self, right: Self) -> Bool { true }
  func hash(into hasher: inout Hasher) {}

  /// The error of an augmentation with its position; others unchanged.
  func placing(_ error: NNError) -> NNError {
    let prefix = "\(AugmentationPlan.place)["
    guard let place = error.place, place.hasPrefix(prefix), place.hasSuffix("]"),
      let index = Int(place.dropFirst(prefix.count).dropLast()), positions.indices.contains(index)
    else { return error }
    return NNError(error.kind, error.message, at: "\(positions[index])", hint: error.hint)
  }
}
