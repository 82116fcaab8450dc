package import NNCore

extension TrainingRun {
  /// The probable mistakes that show before the first step, found in milliseconds: those of checks of
  /// ``CheckStage/start``, without what ``warnings`` and those of the config say already.
  ///
  /// - Throws: `NNError` for an invalid network.
  package func startFindings() throws(NNError) -> [Finding] {
    let subject = CheckSubject(config, data, trainer, limits: .start)
    return try MistakeChecks.findings(in: subject, stages: [.start]).filter { $0.warning == nil }
  }

  /// Checks a config and its data as ``check(_:)``, and looks for probable mistakes.
  ///
  /// - Throws: `NNError` as there, or if the network cannot be run.
  package static func findings(
    _ config: Config
  ) throws(NNError) -> (warnings: [String], findings: [Finding]) {
    let (resolved, data, trainer, warnings) = try prepared(
      config, nil, resuming: nil, findsRates: false)
    let subject = CheckSubject(resolved, data, trainer, limits: .data)
    let findings = try MistakeChecks.findings(in: subject, stages: [.start, .data])
    return (other(config.warnings + warnings, findings), findings)
  }

  /// The same for a run, with the trained network.
  ///
  /// - Parameters:
  ///   - folder: The run's folder.
  ///   - overrides: Changes to its config as `key.path=value`.
  /// - Throws: `NNError` as above, and for a folder without a model.
  package static func findings(
    in folder: RunFolder, overrides: [String]
  ) throws(NNError) -> (warnings: [String], findings: [Finding]) {
    let model = try TrainedModel(folder: folder)
    let config = try Config(recordedAt: folder.config, overrides: overrides)
    let (resolved, data, trainer, warnings) = try prepared(
      config, nil, resuming: nil, findsRates: false)
    let subject = CheckSubject(resolved, data, trainer, model: model, limits: .data)
    let findings = try MistakeChecks.findings(in: subject, stages: [.start, .data, .trained])
    return (other(config.warnings + warnings, findings), findings)
  }

  /// The warnings that no finding repeats.
  private static func other(_ warnings: [String], _ findings: [Finding]) -> [String] {
    warnings.filter { warning in !findings.contains { $0.warning == warning } }
  }
}
