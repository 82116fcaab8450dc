import NNCore
import NNData
import NNTraining

/// The input of a report: the files of a run, its model and the model's predictions.
struct RunEvidence {
  /// The facts from the run's files.
  let facts: RunFacts
  /// The saved network; nil before the run has saved one.
  let model: TrainedModel?
  /// The data of the config; nil where they can no longer be read.
  let data: RunData?
  /// The model's predictions on the test data, else on the validation data, else on the training
  /// data.
  let predictions: RunPredictions?
  /// What is missing from the report, and why.
  let notes: [String]

  /// Reads the run.
  ///
  /// - Parameter data: The run's data, if already loaded; else they are read.
  /// - Throws: `NNError` when the folder holds no run.
  init(_ folder: RunFolder, data: RunData? = nil) throws(NNError) {
    var notes: [String] = []
    func attempt<Result>(
      _ what: String, _ body: () throws(NNError) -> Result?
    ) -> Result? {
      do throws(NNError) { return try body() } catch {
        notes.append("\(what): \(error)")
        return nil
      }
    }
    let facts = try RunFacts(folder)
    let model = attempt("The saved network is missing") { () throws(NNError) in
      try TrainedModel(folder: folder)
    }
    let known =
      data
      ?? attempt("The data cannot be read") { () throws(NNError) in try RunData(facts.config) }
    predictions = attempt("There are no predictions") { () throws(NNError) in
      guard let model, let known else { return nil }
      return try RunPredictions(model, data: known)
    }
    self.facts = facts
    self.model = model
    self.data = known
    self.notes = notes
  }
}
