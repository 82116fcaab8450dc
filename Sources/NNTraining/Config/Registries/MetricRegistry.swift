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
      Row("accuracy") { options in
        let threshold = options.threshold()
        let ignoreIndex = options.ignoreIndex()
        let rule = options.context.rule
        return {
          .output(Accuracy(threshold: threshold, ignoreIndex: ignoreIndex, rule: rule))
        }
      },
      Row("subset_accuracy") { options in
        let threshold = options.threshold()
        let ignoreIndex = options.ignoreIndex()
        return { .output(SubsetAccuracy(threshold: threshold, ignoreIndex: ignoreIndex)) }
      },
      Row("top_k") { options in
        let k = options.value("k", .integer(1...), default: 5)
        let ignoreIndex = options.ignoreIndex()
        return { .output(TopK(k: k, ignoreIndex: ignoreIndex)) }
      },
      Row("confusion_matrix") { options in
        let ignoreIndex = options.ignoreIndex()
        let threshold = options.threshold()
        let rule = options.context.rule
        return {
          .output(ConfusionMatrix(ignoreIndex: ignoreIndex, threshold: threshold, rule: rule))
        }
      },
      Row("perplexity") { options in
        let ignoreIndex = options.ignoreIndex()
        return { .output(TokenLikelihood(.perplexity, ignoreIndex: ignoreIndex)) }
      },
      Row("bits_per_token") { options in
        let ignoreIndex = options.ignoreIndex()
        return { .output(TokenLikelihood(.bitsPerToken, ignoreIndex: ignoreIndex)) }
      },
      Row("bits_per_character") { options in
        let ignoreIndex = options.ignoreIndex()
        return {
          .output(
            TokenLikelihood(.bitsPerCharacter(charactersPerToken: 1), ignoreIndex: ignoreIndex))
        }
      },
      Row("nmse") { options in
        let variance = options.optional("variance", .number(.positive))
        return { .output(NormalizedSquaredError(variance: variance)) }
      },
      Row("mae") { _ in { .output(MeanAbsoluteError()) } },
      Row("rmse") { _ in { .output(RootMeanSquaredError()) } },
      Row("r2") { _ in { .output(R2()) } },
    ] + TranslationScore.Figure.allCases.map(translation))

  private static func translation(_ figure: TranslationScore.Figure) -> Row {
    Row(figure.rawValue) { options in
      let width = options.value("beam", .integer(1...), default: 4)
      let penalty = options.value("length_penalty", .number(.nonNegative), default: 1)
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
    value("ignore_index", .label, default: context.ignoreIndex)
  }

  /// The threshold above which a binary output is positive; that of the loss by default.
  fileprivate func threshold() -> Double {
    value("threshold", .number(), default: context.output.threshold)
  }
}

extension ReadingContext {
  /// The rule that turns outputs into predictions.
  fileprivate var rule: PredictionRule {
    output.isBinary ? .decisions : output.isClasses ? .classes : .byShape
  }
}
