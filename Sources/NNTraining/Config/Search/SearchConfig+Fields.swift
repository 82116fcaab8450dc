import NNCore

extension OptionKind where Value == SearchConfig {
  /// The section `search`.
  static var search: Self {
    section(
      "search", SearchConfig(parameters: []),
      [
        .optional(
          "metric", \.metric, .text("a figure's name"),
          "the column of metrics.csv by which trials are compared, such as `val_accuracy`; null: "
            + "the one that the runs monitor"),
        .optional(
          "goal", \.goal, .choice(SearchConfig.Goal.allCases.map { ($0.rawValue, $0) }),
          "which values of the metric are better; null: smaller ones, unless the metric increases"),
        .value(
          "method", \.method, .options(.component(of: .samplers)), "how the points are chosen"),
        .optional(
          "trials", \.trials, .integer(1..., atMost: OptionBound.trials),
          "the number of trials; null: 20, or all points of a grid"),
        .optional(
          "time_budget", \.timeBudget, .duration,
          "the time after which the search ends; `--resume` continues it"),
        .optional(
          "pruner", \.pruner, .options(.component(of: .pruners)),
          "the rule that ends bad trials early; null: none"),
        .value(
          "parallel", \.parallel, .parallel,
          "the number of trials that train at the same time, on which results do not depend; "
            + "auto: one for each thread"),
        .value(
          "round", \.round, .integer(1..., atMost: 1000),
          "the number of trials whose points are chosen together, from the results of all rounds but "
            + "the one before"),
        .value(
          "seeds", \.seeds, .integer(1..., atMost: 1000),
          "the number of runs of a point with different seeds, whose results are averaged"),
        .required(
          "parameters", \.parameters, { _ in .searchParameters },
          "what is varied: paths as for `--set` with the values that are tried there"),
      ])
  }
}

extension OptionBound {
  /// For the trials of a search, which are kept in memory.
  package static let trials = 100_000
}

extension OptionKind where Value == Int? {
  /// A number of trials at the same time, or `auto` for nil.
  fileprivate static var parallel: Self {
    let count = OptionKind<Int>.integer(1...1024)
    return Self(
      expectation: "\(count.expectation) or auto",
      schema: .either(count.schema(), .words(["auto"])),
      placeholder: nil,
      parse: { node, place in
        node.scalar?.text == "auto" ? .some(nil) : count.parse(node, place).map(Optional.some)
      }, encode: { $0.map(ConfigValue.integer) ?? .string("auto") })
  }
}

extension OptionKind where Value == Double {
  /// A duration: seconds, or a number with the unit `s`, `m` or `h`.
  package static var duration: Self {
    let expectation = "a time (90s, 30m, 2h)"
    return Self(
      expects: expectation,
      schema: .either(
        .number(.positive), .pattern(#"^[0-9]+(\.[0-9]+)?[smh]$"#, largestLength: 20)),
      placeholder: 60, encode: { .number($0) }
    ) { node in
      switch node.scalar?.value {
      case .integer(let seconds) where seconds > 0: Double(seconds)
      case .number(let seconds) where seconds > 0 && seconds.isFinite: seconds
      case .string(let text): Duration.seconds(ofText: text)
      default: nil
      }
    }
  }
}

extension Duration {
  /// The seconds of a text such as `90s`, `30m` or `2h`, or of a number of seconds; nil for other
  /// texts and for 0.
  package static func seconds(ofText text: String) -> Double? {
    let unit: Double? =
      switch text.last {
      case "s": 1
      case "m": 60
      case "h": 3600
      default: nil
      }
    let digits = unit == nil ? text[...] : text.dropLast()
    guard digits.first?.isNumber == true, digits.last?.isNumber == true, let number = Double(digits)
    else { return nil }
    let seconds = number * (unit ?? 1)
    return seconds > 0 && seconds.isFinite ? seconds : nil
  }
}
