import NNCore
import NNLessons
import Synchronization
import Testing

/// The results of the catalogue's lessons, each run once for all tests.
enum LessonResults {
  private static let entries = Mutex<[String: Booklet.Entry]>([:])

  /// A lesson with its content and measurements.
  static func entry(_ name: String) throws(NNError) -> Booklet.Entry {
    try entries.withLock { entries throws(NNError) in
      if let known = entries[name] { return known }
      let entry = try Booklet.run(LessonCatalogue.lesson(named: name), LessonOptions())
      entries[name] = entry
      return entry
    }
  }

  /// A measurement of a lesson.
  static func measure(
    _ name: String, _ figure: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Double {
    try #require(
      entry(name).report.measures[figure], "\(name) measures no \(figure)",
      sourceLocation: sourceLocation)
  }
}
