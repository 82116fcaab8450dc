import NNCore

extension OptionKind where Value == [SearchParameter] {
  /// A mapping of paths to the values that are tried there.
  static var searchParameters: Self {
    let domain = OptionKind<SearchDomain>.searchDomain
    let expectation = "a mapping of paths to \(domain.expectation)"
    return Self(
      expectation: expectation, schema: .mapping(of: domain.schema()),
      placeholder: [SearchParameter("optimizer.adam.lr", domain.placeholder)],
      parse: { node, place in
        guard let entries = node.entries, !entries.isEmpty else {
          place.mismatch(
            node, expects: expectation, hint: "as in optimizer.adam.lr: {log: [1e-4, 0.1]}")
          return nil
        }
        return entries.compactMap { entry in
          domain.parse(entry.value, OptionPlace(name: entry.key, context: place.context)).map {
            var parameter = SearchParameter(entry.key, $0)
            parameter.position = entry.keyPosition
            return parameter
          }
        }
      },
      encode: { parameters in
        .mapping(parameters.map { ConfigOption($0.path, domain.encode($0.domain)) })
      })
  }
}

extension OptionKind where Value == SearchDomain {
  /// `{choice: […]}`, `{log: [low, high]}` or `{range: [low, high], step: …}`; a list is a choice.
  fileprivate static var searchDomain: Self {
    let options = OptionReader.describe { _ = Value(reading: $0, named: "") }
    return Self(
      expectation: "`{choice: […]}`, `{log: [low, high]}` or `{range: [low, high], step: s}`",
      schema: .either(.options(options), OptionKind<[ConfigValue]>.choices.schema()),
      placeholder: .choice([.integer(1)]),
      parse: { node, place in
        let count = place.context.problems.count
        let reader = OptionReader(
          owner: "`\(place.name)`", at: node.position, node: node, context: place.context)
        let domain = Value(reading: reader, named: place.name)
        reader.finish()
        return place.context.problems.count == count ? domain : nil
      }, encode: \.value)
  }
}

extension SearchDomain {
  /// Reads the options of a parameter; nil after reporting that they describe no values.
  fileprivate init?(reading options: OptionReader, named name: String) {
    let count = options.context.problems.count
    let choice = options.given(
      "choice", .choices, "the values to choose from, which may be whole sections")
    let log = options.given(
      "log", .bounds,
      "the bounds of numbers whose logarithm is varied; two integers are the bounds of integers")
    let range = options.given(
      "range", .bounds, "the bounds of numbers; two integers are the bounds of integers")
    let step = options.given(
      "step", .bound, "the distance between neighbouring numbers of `range`; for integers 1")
    guard options.context.problems.count == count else { return nil }
    let given = [("choice", choice), ("log", log), ("range", range)].filter { name, value in
      value != nil || options.isGiven(name)
    }.map(\.0)
    options.check(
      given.count == 1, on: given.dropFirst().first ?? "step",
      given.isEmpty
        ? "expects `choice`, `log` or `range`"
        : "expects one of `choice`, `log` and `range`, gets `\(given.joined(separator: "` and `"))`"
    )
    guard given.count == 1 else { return nil }
    if let choice {
      options.check(!choice.isEmpty, on: "choice", "`choice` lists no value")
      if let twice = choice.indices.first(where: { choice[..<$0].contains(choice[$0]) }) {
        options.check(
          false, on: "choice", "`choice` lists \(YAMLWriter.inline(choice[twice])) twice")
      }
    }
    options.check(
      step == nil || range != nil, on: "step", "`step` divides a `range`; leave it out")
    let bounds = log ?? range
    if let bounds, bounds.count == 2 {
      self = .range(Self.range(bounds, step: step, isLogarithmic: log != nil, options))
    } else {
      self = .choice(choice ?? [])
    }
  }

  private static func range(
    _ bounds: [ConfigValue], step: ConfigValue?, isLogarithmic: Bool, _ options: OptionReader
  ) -> SearchRange {
    let isInteger = (bounds + [step].compactMap(\.self)).allSatisfy(\.isInteger)
    let range = SearchRange(
      bounds[0].double, bounds[1].double, step: step?.double, isInteger: isInteger,
      isLogarithmic: isLogarithmic)
    let name = isLogarithmic ? "log" : "range"
    let text = "[\(bounds.map(YAMLWriter.inline).joined(separator: ", "))]"
    options.check(
      range.low < range.high, on: name,
      "the range \(text) is empty: the first number must be less than the second")
    options.check(
      !isLogarithmic || range.low > 0, on: name,
      "the logarithm of \(YAMLWriter.inline(bounds[0])) is not finite: `log` needs numbers > 0")
    options.check(
      range.high - range.low < .infinity, on: name, "the range \(text) is too wide")
    if let step {
      options.check(
        step.double > 0 && step.double <= range.high - range.low, on: "step",
        "`step` is \(YAMLWriter.inline(step)); the range \(text) needs a step above 0 and of at "
          + "most \(range.high - range.low)")
    }
    return range
  }

  /// The domain as written in the resolved config.
  fileprivate var value: ConfigValue {
    switch self {
    case .choice(let values): return .mapping([ConfigOption("choice", .list(values))])
    case .range(let range):
      let bounds = [range.low, range.high].map(range.configValue)
      var options = [ConfigOption(range.isLogarithmic ? "log" : "range", .list(bounds))]
      if let step = range.step { options.append(ConfigOption("step", range.configValue(step))) }
      return .mapping(options)
    }
  }
}

extension OptionKind where Value == [ConfigValue] {
  /// A list of values of any kind.
  fileprivate static var choices: Self {
    let scalar: [ValueSchema] = [.null, .text, .openOptions([])]
    let list = ValueSchema.list(of: .any(scalar), count: 0...Int.max)
    return Self(
      expects: "a list of values",
      schema: .list(of: .any(scalar + [list]), count: 1...Int.max), placeholder: [.integer(1)],
      encode: ConfigValue.list
    ) { node in node.items?.map(\.value) }
  }

  /// Two numbers.
  fileprivate static var bounds: Self { .list(.bound, count: 2...2) }
}

extension OptionKind where Value == ConfigValue {
  /// A number that remembers whether it was written as an integer.
  fileprivate static var bound: Self {
    Self(
      expects: "a number", schema: .number(.any), placeholder: .integer(1), encode: \.self
    ) { node in
      switch node.scalar?.value {
      case .integer(let integer) where integer.magnitude <= 1 << 53: .integer(integer)
      case .number(let number) where number.isFinite: .number(number)
      default: nil
      }
    }
  }
}

extension ConfigValue {
  fileprivate var isInteger: Bool { if case .integer = self { true } else { false } }

  /// The number; NaN for other values.
  fileprivate var double: Double {
    switch self {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    default: .nan
    }
  }
}

extension ConfigNode {
  /// The value without positions.
  package var value: ConfigValue {
    switch content {
    case .null: .null
    case .scalar(let scalar):
      switch scalar.value {
      case .bool(let flag): .bool(flag)
      case .integer(let integer): .integer(integer)
      case .number(let number): .number(number)
      case .string(let text): .string(text)
      }
    case .sequence(let items): .list(items.map(\.value))
    case .mapping(let entries): .mapping(entries.map { ConfigOption($0.key, $0.value.value) })
    }
  }
}
