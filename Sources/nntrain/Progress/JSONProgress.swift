import NNCore
import NNReports
import NNTraining

/// Prints one JSON object per event and line; its member `event` is the event's name.
final class JSONProgress: TrainingObserver {
  func receive(_ event: TrainingEvent) throws(NNError) {
    if let line = event.jsonLine { Console.show(line.text) }
  }
}
