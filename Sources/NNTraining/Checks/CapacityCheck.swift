import NNCore
import NNData

/// Far more parameters than numbers in the training data, and nothing that keeps the network from
/// learning the rows by heart.
struct CapacityCheck: MistakeCheck {
  var name: String { "capacity" }
  var meaning: String {
    "100 times as many parameters as rows, without regularization or early stopping"
  }
  var stage: CheckStage { .data }

  private static let parametersPerRow = 100
  private static let parametersPerNumber = 10

  func findings(in subject: CheckSubject) -> [Finding] {
    let (rows, parameters) = (subject.train.count, subject.parameterCount)
    let numbers = [rows, max(1, subject.train.inputShape.elementCount)].saturatingProduct
    guard subject.readsNumbers, parameters > Self.parametersPerRow * rows,
      parameters / Self.parametersPerNumber > numbers, !Self.isRegularized(subject.config)
    else { return [] }
    return [
      finding(
        "the network has \(parameters) parameters for \(rows) training rows",
        why: "it can learn every row by heart, and nothing in the config stops it",
        fix: "use smaller layers, dropout, weight_decay or early_stopping", key: "model")
    ]
  }

  private static func isRegularized(_ config: Config) -> Bool {
    config.earlyStopping != nil || config.adversarial != nil || config.l1Penalty > 0
      || config.model.contains { holds($0.component.value) }
      || ([config.optimizer] + config.losses.map(\.component)).contains { holds($0.value) }
  }

  /// Whether options contain one that regularizes, with another value than 0.
  private static func holds(_ value: ConfigValue) -> Bool {
    switch value {
    case .string(let word): isRegularizer(word)
    case .list(let items): items.contains(where: holds)
    case .mapping(let options):
      options.contains { option in
        isRegularizer(option.name) ? !isZero(option.value) : holds(option.value)
      }
    default: false
    }
  }

  private static func isRegularizer(_ name: String) -> Bool {
    ["dropout", "weight_decay", "label_smoothing"].contains(name) || name.hasPrefix("batch_norm")
  }

  private static func isZero(_ value: ConfigValue) -> Bool {
    value == .number(0) || value == .integer(0) || value == .null
  }
}
