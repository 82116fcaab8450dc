/// How trials of a search are ended early, with its options.
package enum PrunerOptions: Sendable, Hashable {
  /// Asynchronous successive halving.
  case asha(minEpochs: Int, reduction: Int)
  /// The median of finished trials.
  case median(startup: Int, warmup: Int, interval: Int)
}

extension Registry where Product == PrunerOptions {
  /// The rules that end trials early.
  package static let pruners = Registry(
    "pruner", example: "`asha`",
    [
      Row(
        "asha",
        "Successive halving (ASHA, Li et al. 2020): at `min_epochs` · reductionᵏ epochs a trial "
          + "continues if it is among the best 1/`reduction` of all that got there."
      ) { options in
        let least = options.value(
          "min_epochs", .integer(1...), default: 1,
          "the number of epochs after which trials are first compared")
        let reduction = options.value(
          "reduction", .integer(2...1000), default: 3,
          "the factor between such numbers of epochs; one of that many trials continues")
        return { .asha(minEpochs: least, reduction: reduction) }
      },
      Row(
        "median",
        "Ends a trial whose best value so far is worse than the median of the finished trials after "
          + "the same number of epochs, as Optuna's `MedianPruner`."
      ) { options in
        let startup = options.value(
          "startup", .integer(1..., atMost: OptionBound.trials), default: 5,
          "the number of finished trials before which none is ended")
        let warmup = options.value(
          "warmup", .integer(0...), default: 0, "the number of epochs that every trial trains")
        let interval = options.value(
          "interval", .integer(1...), default: 1, "the number of epochs between comparisons")
        return { .median(startup: startup, warmup: warmup, interval: interval) }
      },
    ])
}
