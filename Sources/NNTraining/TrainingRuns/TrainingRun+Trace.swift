package import NNCore

/// Tracing the steps of runs.
extension TrainingRun {
  /// Checks that the numbers of a config's steps can be traced.
  ///
  /// - Throws: `NNError` that names the setting.
  package static func requireTraceableSteps(_ config: Config) throws(NNError) {
    try config.makeUpdateRules().requireTraceable()
  }

  /// A trainer at the start of a config's run, with its initial weights; nothing is written.
  ///
  /// - Throws: `NNError` for incompatible data, layers, loss, labels or sizes.
  package static func firstTrainer(of config: Config) throws(NNError) -> Trainer {
    let (_, _, trainer, _) = try prepared(config, nil, resuming: nil, findsRates: false)
    try trainer.initialize()
    return trainer
  }
}
