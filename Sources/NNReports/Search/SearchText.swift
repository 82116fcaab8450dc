import NNCore
package import NNTraining

/// Values of searches as short texts.
package enum SearchText {
  /// A value with four significant digits: `0.001234`, `adam`, `sgd {lr 0.1, momentum 0.9}`.
  package static func short(_ value: ConfigValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .integer(let integer): "\(integer)"
    case .number(let number): DecimalText.significant(number, digits: 4)
    case .string(let text): text
    case .list(let items): "[\(items.map(short).joined(separator: ", "))]"
    case .mapping(let options): options.map(short).joined(separator: ", ")
    }
  }

  /// An option inside a section; `adam {}` and the like lose their braces.
  private static func short(_ option: ConfigOption) -> String {
    switch option.value {
    case .null: option.name
    case .mapping(let options) where options.isEmpty: option.name
    case .mapping: "\(option.name) {\(short(option.value))}"
    default: "\(option.name) \(short(option.value))"
    }
  }
}
