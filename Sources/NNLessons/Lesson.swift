public import NNCore

/// A lesson of the booklet: an experiment that is trained in seconds, measured, plotted and
/// explained.
///
/// A lesson is one file in `Lessons`, a row in ``LessonCatalogue`` and a suite of tests that
/// compares every number it states with a bound or a closed form.
public protocol Lesson: Sendable {
  /// The name on the command line and of its files: `decision-boundary`.
  static var name: String { get }
  /// The title: `Decision boundaries: hidden nodes draw lines`.
  static var title: String { get }
  /// A summary of one line.
  static var summary: String { get }
  /// What a run must have so that this lesson can draw it, as in "two inputs and one hidden layer";
  /// nil by default: the lesson draws no runs.
  static var drawsRunsWith: String? { get }

  /// Creates the lesson.
  init()

  /// Runs the lesson: trains, measures, plots and explains.
  ///
  /// - Throws: `NNError` when it cannot draw the options' run.
  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError)
}

extension Lesson {
  /// The beginning of the title, up to a colon: the field's term for its subject.
  static var term: String { String(title.prefix { $0 != ":" }) }

  /// Nil by default: the lesson draws no runs.
  public static var drawsRunsWith: String? { nil }
}
