import NNLosses
package import NNMetrics

/// An entry of a config's `metrics`.
package enum ConfiguredMetric: Sendable {
  /// A metric of the network's outputs, accumulated over batches.
  case output(any Metric)
  /// A metric of its translations.
  case translation(TranslationScore)
}

extension Registry where Product == ConfiguredMetric {
  /// The metrics. Their assumptions about the output follow from the loss.
  package static let metrics = Registry(
    "metric", example: "`accuracy` or `top_k: 5`",
    [
      Row(
        "accuracy",
        "The share of examples (of binary decisions, with `bce`) that are classified correctly."
      ) { options in
        let threshold = options.threshold()
        let ignoreIndex = options.ignoreIndex()
        let rule = options.context.rule
        return {
          .output(Accuracy(threshold: threshold, ignoreIndex: ignoreIndex, rule: rule))
        }
      },
      Row(
        "subset_accuracy",
        "With binary outputs, the share of examples whose decisions are all correct."
      ) { options in
        let threshold = options.threshold()
        let ignoreIndex = options.ignoreIndex()
        return { .output(SubsetAccuracy(threshold: threshold, ignoreIndex: ignoreIndex)) }
      },
      Row(
        "top_k",
        "The share of examples whose class is among the k largest outputs. Its column is "
          + "`top_5` for k = 5."
      ) { options in
        let k = options.value("k", .integer(1...), default: 5, "the number of guesses")
        let ignoreIndex = options.ignoreIndex()
        return { .output(TopK(k: k, ignoreIndex: ignoreIndex)) }
      },
      Row(
        "confusion_matrix",
        "How often class i was predicted as class j: a table in the report, without a column."
      ) { options in
        let ignoreIndex = options.ignoreIndex()
        let threshold = options.threshold()
        let rule = options.context.rule
        return {
          .output(ConfusionMatrix(ignoreIndex: ignoreIndex, threshold: threshold, rule: rule))
        }
      },
      Row("perplexity", "exp(mean cross-entropy) per token.") { options in
        let ignoreIndex = options.ignoreIndex()
        return { .output(TokenLikelihood(.perplexity, ignoreIndex: ignoreIndex)) }
      },
      Row("bits_per_token", "The mean cross-entropy per token, in bits.") { options in
        let ignoreIndex = options.ignoreIndex()
        return { .output(TokenLikelihood(.bitsPerToken, ignoreIndex: ignoreIndex)) }
      },
      Row(
        "bits_per_character",
        "The cross-entropy per character of the text, in bits, comparable between tokenizers."
      ) { options in
        let ignoreIndex = options.ignoreIndex()
        return {
          .output(
            TokenLikelihood(.bitsPerCharacter(charactersPerToken: 1), ignoreIndex: ignoreIndex))
        }
      },
      Row("nmse", "The mean squared error divided by a variance; 1 − R² by default.") { options in
        let variance = options.optional(
          "variance", .number(.positive), "the variance; null: that of the targets")
        return { .output(NormalizedSquaredError(variance: variance)) }
      },
      Row("mae", "The mean of |output − target|.") { _ in { .output(MeanAbsoluteError()) } },
      Row("rmse", "The root of the mean of (output − target)².") { _ in
        { .output(RootMeanSquaredError()) }
      },
      Row("r2", "The coefficient of determination R² = 1 − Σ(t − o)²/Σ(t − t̄)².") { _ in
        { .output(R2()) }
      },
      Row(
        "coverage",
        "With the loss `quantile`, the share of targets between the lowest and the highest quantile."
      ) { _ in { .output(Coverage()) } },
      Row(
        "quantile_crossing",
        "With the loss `quantile`, the share of targets whose quantiles do not ascend."
      ) { _ in { .output(QuantileCrossing()) } },
    ] + TranslationScore.Figure.allCases.map(translation)
  ) { options in
    let tensors = [
      ("output", "the output that is measured; by default the main one"),
      ("target", "the target that it is compared with; by default the main one"),
    ]
    for (name, meaning) in tensors {
      let isGiven = options.given(name, .layerName, meaning) != nil
      options.check(
        !isGiven || TranslationScore.Figure(rawValue: options.owner) == nil, on: name,
        "is measured on translations, not on an output")
    }
  }

  private static func translation(_ figure: TranslationScore.Figure) -> Row {
    Row(figure.rawValue, figure.meaning) { options in
      let width = options.value(
        "beam", .integer(1...), default: 4,
        "the number of hypotheses of beam search; 1 is greedy search")
      let penalty = options.value(
        "length_penalty", .number(.nonNegative), default: 1,
        "the power of the length by which scores are divided; 0: no preference for long "
          + "translations"
      )
      return {
        // Both have already been checked.
        guard let beam = try? BeamOptions(width: width, lengthPenalty: penalty) else {
          preconditionFailure("a beam of \(width) with a penalty of \(penalty)")
        }
        return .translation(TranslationScore(figure, beam: beam))
      }
    }
  }
}

extension OptionReader {
  /// The label that is ignored; the loss's own by default.
  fileprivate func ignoreIndex() -> Int {
    value(
      "ignore_index", .label, default: context.ignoreIndex, shownAs: "that of the loss",
      "a label that does not count")
  }

  /// The threshold above which a binary output is positive; that of the loss by default.
  fileprivate func threshold() -> Double {
    value(
      "threshold", .number(), default: context.output.threshold,
      shownAs: "0.5 for probabilities, 0 for logits",
      "a binary output above it is a yes")
  }
}

extension TranslationScore.Figure {
  /// What it measures, for the documentation.
  fileprivate var meaning: String {
    switch self {
    case .bleu: "BLEU of the test data's translations, from n-grams of words, as sacrebleu."
    case .chrf: "chrF of the test data's translations, from n-grams of characters, as sacrebleu."
    }
  }
}

extension ReadingContext {
  /// The rule that turns outputs into predictions.
  fileprivate var rule: PredictionRule {
    output.isBinary ? .decisions : output.isClasses ? .classes : .byShape
  }
}
