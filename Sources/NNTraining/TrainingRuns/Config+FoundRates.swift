import NNCore

extension Config {
  /// The config with a number in place of each `max_lr: auto`: that with which the run started, or
  /// the suggestion of a range test.
  ///
  /// The number is part of the run's config, so that a resumed run continues with it.
  ///
  /// - Parameters:
  ///   - data: The data of the config.
  ///   - recorded: The schedules that the run started with; nil for a new run.
  /// - Returns: The config, and what was found.
  /// - Throws: `NNError` if the range test finds no rate.
  func findingRates(
    _ data: RunData, recorded: [ComponentConfig]?
  ) throws(NNError) -> (config: Config, notes: [String]) {
    var config = self
    var notes: [String] = []
    for index in schedule.indices {
      guard let option = schedule[index].options.firstIndex(where: { $0 == Self.automaticRate })
      else { continue }
      let known = recorded.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      if let known, known.kind == schedule[index].kind, let value = known["max_lr"],
        value != Self.automaticRate.value
      {
        config.schedule[index].options[option].value = value
        continue
      }
      let found = try LearningRateFinder().run(self, data).suggestion()
      // Three digits say what a test of 100 batches can say, and are pleasant to read in a config.
      let rate = Double(DecimalText.significant(found, digits: 3)) ?? found
      config.schedule[index].options[option].value = .number(rate)
      notes.append("schedule: `max_lr: auto` found the learning rate \(rate) by a range test")
    }
    return (config, notes)
  }

  private static let automaticRate = ConfigOption("max_lr", .string("auto"))
}
