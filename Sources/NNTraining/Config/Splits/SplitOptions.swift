import NNCore
import NNData

extension OptionKind where Value == SplitRule {
  /// `{split: 0.1}` with its options, or the fraction alone.
  static func split(_ part: HeldOutPart) -> Self {
    section(
      part.rawValue, SplitRule(0.1),
      [
        .required(
          "split", \.fraction, { _ in .number(.betweenZeroAndOne) },
          part == .test
            ? "the share of the training source that is held out"
            : "the share of the training data that is held out, without what `test` holds out"),
        .given(
          "order", \.order, .choice(SplitOrder.allCases.map { ($0.rawValue, $0) }),
          "which rows are held out: `random` ones or, with `time`, the last ones; null: `time` for "
            + "overlapping windows of a series, else `random`"),
        .given(
          "stratify", \.stratify, .trueFalseOrAuto, omitting: nil,
          "whether every class keeps the share; auto, the default: where there are classes and no "
            + "groups"),
        .given(
          "group_by", \.groupBy, .column,
          "the column of a table or array of an npz whose equal values stay on one side; it is no "
            + "input"),
        .given(
          "gap", \.gap, .integer(0...),
          "with `order: time`, the number of rows before those held out that are in neither part"),
        .given(
          "seed", \.seed, .seed,
          "the seed that selects random rows or groups; by default the config's"),
      ]
    ) { rule, options in
      options.report(rule.contradiction(in: rule.order))
    }
  }
}

extension OptionKind where Value == HeldOutConfig {
  /// `{split: 0.1}`, the fraction alone, or a data source.
  static func heldOut(_ part: HeldOutPart, from source: OptionKind<ComponentConfig>) -> Self {
    let split = OptionKind<SplitRule>.split(part)
    return Self(
      expectation: "`{split: 0.1}` or \(source.expectation)",
      schema: .either(split.schema(), source.schema()), nested: split.nested(),
      placeholder: .split(split.placeholder),
      parse: { node, place in
        let isSplit: Bool =
          switch node.scalar?.value {
          case .integer, .number: true
          default: node["split"] != nil
          }
        return isSplit
          ? split.parse(node, place).map { .split($0) }
          : source.parse(node, place).map { .source($0) }
      },
      encode: { value in
        switch value {
        case .split(let rule): split.encode(rule)
        case .source(let config): source.encode(config)
        }
      })
  }
}

extension OptionKind where Value == SubsetRule {
  /// The section `subset`; a number is its fraction.
  static var subset: Self {
    section(
      "subset", SubsetRule(1),
      [
        .required("fraction", \.fraction, { _ in .number(.fraction) }, "the share that is used"),
        .given(
          "seed", \.seed, .seed,
          "the seed that selects random rows; by default the config's"),
      ])
  }
}

extension OptionKind where Value == CrossValidationConfig {
  /// The section `cross_validate`; a number is that of the folds.
  static var crossValidation: Self {
    section(
      "cross_validate", CrossValidationConfig(),
      [
        .value("folds", \.rule.folds, .integer(2...OptionBound.folds), "the number of folds"),
        .optional(
          "kind", \.rule.kind, .choice(FoldKind.allCases.map { ($0.rawValue, $0) }),
          "how rows are divided: `stratified` by class, `grouped` by `group_by`, in `time`, or "
            + "`plain`; null: as the data suggest"),
        .value(
          "shuffle", \.rule.shuffle, .bool,
          "whether rows, or groups, are divided in random order; folds in time never are"),
        .value(
          "repeats", \.repeats, .integer(1...OptionBound.folds),
          "the number of divisions, each in another random order"),
        .value(
          "seeds", \.seeds, .integer(1...OptionBound.folds),
          "the number of runs of each fold, with different seeds"),
        .optional(
          "group_by", \.rule.groupBy, .column,
          "the column of a table or array of an npz whose equal values stay in one fold; it is no "
            + "input"),
        .value(
          "gap", \.rule.gap, .integer(0...),
          "with `kind: time`, the number of rows before a fold that are not trained on"),
        .given(
          "size", \.rule.size, .integer(1...),
          "with `kind: time`, the number of rows that a fold holds out; by default rows ÷ (folds + 1)"
        ),
        .given(
          "step", \.rule.step, .integer(1...),
          "with `kind: time`, the number of rows from one fold to the next; by default `size`"),
        .optional(
          "seed", \.rule.seed, .seed,
          "the seed of the random order; null: the config's"),
        .optional(
          "fold", \.fold, .integer(1...),
          "the fold that a training holds out as its test data, in place of `data.test`; null: a "
            + "training ignores this section"),
        .value(
          "repetition", \.repetition, .integer(1...), "the division that `fold` belongs to"),
      ]
    ) { section, options in
      options.report(section.rule.contradiction)
      if let fold = section.fold {
        options.check(
          fold <= section.rule.folds, on: "fold",
          "`fold` is \(fold), and there are \(section.rule.folds) folds")
      }
      options.check(
        section.repeats == 1 || section.rule.shuffle && section.rule.kind != .time, on: "repeats",
        "without random order every repetition would have the same folds; "
          + (section.rule.kind == .time ? "folds in time are never shuffled" : "set shuffle: true"))
    }
  }
}

extension OptionReader {
  /// Reports options that contradict each other, at the position of one of them.
  func report(_ problem: (option: String, message: String, hint: String)?) {
    guard let problem else { return }
    context.problems.report(
      "\(owner): \(problem.message)", at: position(of: problem.option), hint: problem.hint)
  }
}

extension OptionBound {
  /// For folds, their repetitions and seeds: every run has a folder.
  static let folds = 1000
}

extension OptionKind where Value == Bool? {
  /// `true`, `false`, or `auto` for nil.
  fileprivate static var trueFalseOrAuto: Self {
    Self(
      expects: "true, false or auto", schema: .either(.boolean, .words(["auto"])),
      placeholder: nil, encode: { $0.map(ConfigValue.bool) ?? .string("auto") }
    ) { node in
      switch node.scalar?.value {
      case .bool(let flag): .some(flag)
      case .string("auto"): .some(nil)
      default: nil
      }
    }
  }
}
