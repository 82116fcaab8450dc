package import NNMetrics

extension Registry where Product == any Metric {
  /// The metrics. What they take for granted about the output follows from the loss.
  package static let metrics = Registry(
    "metric", example: "`accuracy` or `top_k: 5`",
    [
      Row("accuracy") { options in
        let threshold = options.value(
          "threshold", .number(), default: options.context.binaryThreshold)
        let ignoreIndex = options.ignoreIndex()
        return { Accuracy(threshold: threshold, ignoreIndex: ignoreIndex) }
      },
      Row("top_k") { options in
        let k = options.value("k", .wholeNumber(1...), default: 5)
        let ignoreIndex = options.ignoreIndex()
        return { TopK(k: k, ignoreIndex: ignoreIndex) }
      },
      Row("confusion_matrix") { options in
        let ignoreIndex = options.ignoreIndex()
        return { ConfusionMatrix(ignoreIndex: ignoreIndex) }
      },
      Row("perplexity") { options in
        let ignoreIndex = options.ignoreIndex()
        return { TokenLikelihood(.perplexity, ignoreIndex: ignoreIndex) }
      },
      Row("bits_per_token") { options in
        let ignoreIndex = options.ignoreIndex()
        return { TokenLikelihood(.bitsPerToken, ignoreIndex: ignoreIndex) }
      },
      Row("bits_per_character") { options in
        let ignoreIndex = options.ignoreIndex()
        return {
          TokenLikelihood(.bitsPerCharacter(charactersPerToken: 1), ignoreIndex: ignoreIndex)
        }
      },
      Row("nmse") { options in
        let variance = options.optional("variance", .number(.positive))
        return { NormalizedSquaredError(variance: variance) }
      },
      Row("mae") { _ in { MeanAbsoluteError() } },
      Row("rmse") { _ in { RootMeanSquaredError() } },
      Row("r2") { _ in { R2() } },
    ])
}

extension OptionReader {
  /// The label that takes no part; the loss's own unless given.
  fileprivate func ignoreIndex() -> Int {
    value("ignore_index", .wholeNumber, default: context.ignoreIndex)
  }
}
