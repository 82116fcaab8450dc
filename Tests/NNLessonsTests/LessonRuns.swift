import NNCore
import NNLessons

/// Runs lessons for tests that hold their figures against closed forms and bounds.
enum LessonRuns {
  /// What a lesson says with the options that it has by default.
  static func report(_ name: String, seed: UInt64 = 1) -> Result<LessonReport, NNError> {
    do throws(NNError) {
      if seed == LessonOptions().seed { return .success(try RanLessons.entry(name).report) }
      return .success(
        try Booklet.run(LessonCatalogue.lesson(named: name), LessonOptions(seed: seed)).report)
    } catch { return .failure(error) }
  }
}

extension Result<LessonReport, NNError> {
  /// A figure that the lesson must have measured.
  func measure(_ name: String) throws -> Double {
    guard let value = try get().measures[name] else {
      throw NNError.invalid("the lesson has not measured \"\(name)\"")
    }
    return value
  }
}
