import NNCore
import NNReports
import NNTraining

/// An object a line for every event, named by its member `event`.
final class JSONProgress: TrainingObserver {
  func receive(_ event: TrainingEvent) throws(NNError) {
    if let line = event.jsonLine { Console.show(line.text) }
  }
}
