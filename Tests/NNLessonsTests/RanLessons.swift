import NNCore
import NNLessons
import Synchronization
import Testing

/// Lessons of the catalogue, each run once for all tests.
enum RanLessons {
  private static let entries = Mutex<[String: Booklet.Entry]>([:])

  /// The lesson of a name with what it said and measured.
  static func entry(_ name: String) throws(NNError) -> Booklet.Entry {
    try entries.withLock { entries throws(NNError) in
      if let known = entries[name] { return known }
      let entry = try Booklet.run(LessonCatalogue.lesson(named: name), LessonOptions())
      entries[name] = entry
      return entry
    }
  }

  /// A figure that the lesson has measured.
  static func measure(
    _ name: String, _ figure: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Double {
    try #require(
      entry(name).report.measures[figure], "\(name) measures no \(figure)",
      sourceLocation: sourceLocation)
  }
}
