import NNCore
import NNData
import NNLosses

/// Weights of classes that follow from the training data.
extension Config {
  /// The config whose losses have the weight of each class in place of `class_weight`.
  ///
  /// - Parameter data: The training data.
  /// - Throws: `NNError` for targets without classes and for a name that is no class.
  func weightingClasses(of data: Dataset) throws(NNError) -> Config {
    var config = self
    for (index, loss) in losses.enumerated() {
      guard let value = loss.component[ClassWeighting.key] else { continue }
      let key = "loss.\(loss.component.kind).\(ClassWeighting.key)"
      let weighting = try OptionKind.classWeighting.resolved(value, as: ClassWeighting.key)
      let target = loss.tensor(.target) ?? data.namedTargets.names[0]
      guard let classes = data.focused(onTarget: target), classes.hasLabels
      else {
        throw .invalid(
          "`\(key)` weighs classes, and the targets are numbers", at: data.name,
          hint: "leave it out")
      }
      let ignored = try Registry.losses.build(loss.component).ignoredLabel
      let weights = try weighting.weights(
        counts: classes.classCounts(ignoring: ignored), at: "\(data.name): \(key)",
        name: classes.className)
      config.losses[index].component.options = loss.component.options.compactMap {
        option -> ConfigOption? in
        switch option.name {
        case ClassWeighting.key: nil
        case "weight": ConfigOption("weight", .list(weights.map(ConfigValue.number)))
        default: option
        }
      }
    }
    return config
  }
}
