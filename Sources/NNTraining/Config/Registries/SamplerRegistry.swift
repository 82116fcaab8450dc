/// How the points of a search are chosen, with its options.
package enum SamplerOptions: Sendable, Hashable {
  /// All combinations of values.
  case grid
  /// Independent random points.
  case random
  /// The tree-structured Parzen estimator.
  case tpe(startup: Int, candidates: Int)
  /// A Sobol sequence.
  case sobol
}

extension Registry where Product == SamplerOptions {
  /// The methods of a search.
  package static let samplers = Registry(
    "sampler", example: "`tpe`",
    [
      Row(
        "grid",
        "All combinations, the last parameter varying fastest; ranges need a `step` or integers."
      ) { _ in { .grid } },
      Row("random", "Independent random points, uniform on the scale of each parameter.") { _ in
        { .random }
      },
      Row(
        "tpe",
        "Tree-structured Parzen estimator (Bergstra et al. 2011) with Optuna's defaults: of random "
          + "candidates that resemble the best tenth of the points (at most 25), the one that "
          + "resembles the others least."
      ) { options in
        let startup = options.value(
          "startup", .integer(1..., atMost: OptionBound.trials), default: 10,
          "the number of trials with random points before the estimator is used")
        let candidates = options.value(
          "candidates", .integer(1..., atMost: 100_000), default: 24,
          "the number of candidates for each value")
        return { .tpe(startup: startup, candidates: candidates) }
      },
      Row(
        "sobol",
        "A Sobol sequence with a random shift: points that fill the space more evenly than random "
          + "ones, for up to \(SobolLimit.dimensions) parameters."
      ) { _ in { .sobol } },
    ])
}

/// The size of the table of direction numbers.
package enum SobolLimit {
  /// The largest number of parameters of a Sobol sequence.
  package static let dimensions = 64
}
