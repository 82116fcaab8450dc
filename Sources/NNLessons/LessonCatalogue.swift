public import NNCore
import NNTraining

/// The lessons in the order of the course.
public enum LessonCatalogue {
  /// A chapter of the booklet.
  public struct Chapter: Sendable {
    /// The heading.
    public let title: String
    /// The lessons in order.
    public let lessons: [any Lesson.Type]

    /// Creates a chapter.
    public init(title: String, lessons: [any Lesson.Type]) {
      self.title = title
      self.lessons = lessons
    }
  }

  /// The chapters; a new lesson is a row here.
  public static let chapters: [Chapter] = [
    Chapter(
      title: "Neurons",
      lessons: [
        NeuronLesson.self,
        ActivationsLesson.self,
      ]),
    Chapter(
      title: "Why networks work",
      lessons: [
        UniversalApproximationLesson.self,
        LinearOrNotLesson.self,
        DecisionBoundaryLesson.self,
        HiddenSpaceLesson.self,
        SineLesson.self,
      ]),
    Chapter(
      title: "How networks learn",
      lessons: [
        GradientDescentLesson.self,
        ConvexConvergenceLesson.self,
        BackpropagationLesson.self,
      ]),
    Chapter(
      title: "Images and sequences",
      lessons: [
        ConvolutionLesson.self,
        VanishingGradientLesson.self,
        MemoryLesson.self,
        AttentionLesson.self,
      ]),
    Chapter(
      title: "Training in practice",
      lessons: [
        LearningRateLesson.self,
        LearningRateFinderLesson.self,
        OverfittingLesson.self,
        HyperParametersLesson.self,
      ]),
    Chapter(
      title: "Trained networks under test",
      lessons: [
        AttacksLesson.self,
        RobustLesson.self,
        ExplanationsLesson.self,
      ]),
  ]

  /// Every lesson in order.
  public static var all: [any Lesson.Type] { chapters.flatMap(\.lessons) }

  /// Finds a lesson by name.
  ///
  /// - Throws: `NNError` with the most similar name and the list of all names.
  public static func lesson(named name: String) throws(NNError) -> any Lesson.Type {
    if let found = all.first(where: { $0.name == name }) { return found }
    let names = all.map { $0.name }
    let list = "lessons: \(names.joined(separator: ", ")), or all"
    let nearest = Suggestion.nearest(to: name, in: names)
    throw .invalid(
      "there is no lesson `\(name)`",
      hint: (nearest.map { "did you mean `\($0)`? " } ?? "") + list)
  }
}
