import NNAnalysis
import NNCore
import NNData
import NNDrawing
import NNGraph
import NNLayers
import NNLosses
import NNMetrics
import NNOptimizers
import NNTraining

/// FGSM and PGD on a small network of images, before and after adversarial training.
struct AttacksLesson: Lesson {
  static let name = "attacks"
  static let title = "Adversarial examples: small changes that fool a network"
  static let summary =
    "FGSM and PGD on a network of images: before, change, after; accuracy against ε; a defence"

  /// The radii at which networks are attacked.
  static let radii = [0.02, 0.05, 0.1, 0.15, 0.2]
  /// The radius that is discussed, and against which the second network is trained.
  static let radius = 0.1
  static let trainingRows = 6000
  static let testRows = 500
  private static let steps = 20
  private static let attacks = ["noise", "fgsm", "pgd"]
  private static let titles = ["random noise", "FGSM", "PGD"]

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let images = try Images(seed: options.seed)
    let plain = try Self.train(images, seed: options.seed)
    let before = try Self.attack(plain, images, seed: options.seed)
    introduce(images, clean: before.clean, &report)
    measure(before, "ordinary training", &report)
    try explain(before, &report)
    try showExamples(plain, images, options, &report)
    let robust = try Self.train(
      images, startingFrom: plain,
      adversarial: AdversarialTraining(
        .pgd(steps: 7, stepSize: Self.radius / 4, randomStart: true), radius: Self.radius),
      seed: options.seed)
    let after = try Self.attack(robust, images, seed: options.seed)
    measure(after, "adversarial training", &report)
    defend(before, after, &report)
  }

  // MARK: - Networks

  private static func train(
    _ images: Images, startingFrom other: Trainer? = nil, adversarial: AdversarialTraining? = nil,
    seed: UInt64
  ) throws(NNError) -> Trainer {
    let model = Model {
      Conv2D(8, kernelSize: 5, stride: 2)
      ReLU()
      Conv2D(16, kernelSize: 3, stride: 2)
      ReLU()
      Flatten()
      Dense(10)
    }
    return try LessonTraining(
      data: images.train, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.003),
      epochs: 4, batchSize: 50, dtype: .float32, adversarial: adversarial
    ).train(model, seed: seed) { (epoch, trainer) throws(NNError) in
      if epoch == 0, let other { try trainer.load(other.weights()) }
    }
  }

  private static func attack(
    _ trainer: Trainer, _ images: Images, seed: UInt64
  ) throws(NNError) -> AttackTable {
    try AttackTable.measure(
      trainer.trainedModel(), on: images.test, attacks: attacks, radii: radii,
      settings: AttackSettings(steps: steps, seed: seed), losses: [LossTerm(CrossEntropy())])
  }

  // MARK: - The attacks

  private func introduce(_ images: Images, clean: Double, _ report: inout LessonReport) {
    report.paragraph(
      """
      A small convolutional network was trained here on \(images.train.count) images of \
      \(images.subject), and classifies \(clean.percent) of \(images.test.count) others correctly. \
      An attack changes an image so little that a person still sees the same, and so that the network \
      fails. How little is a number ε: no pixel, from 0 for black to 1 for white, changes by more \
      than ε.
      """)
    if let hint = images.hint { report.paragraph(hint) }
  }

  private func measure(_ table: AttackTable, _ label: String, _ report: inout LessonReport) {
    report.measure("accuracy, \(label)", table.clean)
    for row in table.rows {
      for (title, result) in zip(Self.titles, row.results) {
        report.measure("accuracy, \(title) with ε = \(row.radius), \(label)", result.figure)
      }
    }
  }

  /// The accuracy under an attack at the radius that is discussed.
  private static func accuracy(_ attack: String, _ table: AttackTable) -> Double {
    let row = table.rows.first { $0.radius == radius }
    return attacks.firstIndex(of: attack).flatMap { row?.results[$0].figure } ?? .nan
  }

  private func explain(_ table: AttackTable, _ report: inout LessonReport) throws(NNError) {
    report.paragraph(
      """
      Training changes weights against the gradient of the loss. An attack changes the input along \
      it. The fast gradient sign method (FGSM) moves every pixel by ε at once, up or down as the \
      sign of its derivative says. Projected gradient descent (PGD) takes \(Self.steps) smaller \
      steps, from a random start, and returns to the allowed changes after each.
      """)
    report.formula(
      "x′ = x + ε·sign(∇_x L)   \"FGSM\"\nx ← P_ε(x + α·sign(∇_x L)),   α = 4ε/\(Self.steps)   \"PGD\""
    )
    report.paragraph(
      """
      With ε = \(Self.radius), about \(Int((255 * Self.radius).rounded())) of 255 levels of \
      grey, random noise leaves an accuracy of \(Self.accuracy("noise", table).percent), FGSM of \
      \(Self.accuracy("fgsm", table).percent) and PGD of \(Self.accuracy("pgd", table).percent). It \
      is not the size of the change that matters but its direction: in noise the effects of \
      hundreds of pixels cancel, along the gradient they all add up.
      """)
    report.show(
      Figure(
        title: "Accuracy against the size of the change",
        description:
          "Accuracy against ε for random noise, FGSM and PGD: nearly flat for noise, falling steeply "
          + "for FGSM and to almost 0 for PGD.",
        panels: [Self.plot(table, title: nil)]),
      name: "curve", caption: "At ε = 0 images are unchanged.")
  }

  private static func plot(_ table: AttackTable, title: String?) -> Plot {
    Plot(
      title: title, x: Axis("ε"), y: Axis("accuracy", range: -0.02...1.02), legend: .above,
      marks: titles.enumerated().map { index, name in
        Line(
          name, x: [0] + table.rows.map(\.radius),
          y: [table.clean] + table.rows.map { $0.results[index].figure }, color: .series(index),
          markers: true)
      })
  }

  private func showExamples(
    _ trainer: Trainer, _ images: Images, _ options: LessonOptions, _ report: inout LessonReport
  ) throws(NNError) {
    let radius = Self.radius
    let table = try AttackTable.measure(
      trainer.trainedModel(), on: images.test, attacks: ["pgd"], radii: [radius],
      settings: AttackSettings(steps: Self.steps, seed: options.seed), examples: 64,
      losses: [LossTerm(CrossEntropy())])
    let examples = table.examples.prefix(4)
    guard !examples.isEmpty else { return }
    func name(_ label: Int?) -> String { label.map(images.name) ?? "" }
    report.show(
      Figure(
        title: "Before, change, after",
        description:
          "Four images that the network classifies correctly, the change of each pixel, and the "
          + "changed images, which look the same to a person but belong to other classes for the "
          + "network.",
        panels: [
          ImageGrid(
            images: examples.flatMap { example in
              let change = zip(example.perturbed.doubles, example.clean.doubles).map { $0 - $1 }
              return [
                Matrix(example.clean).image(range: 0...1),
                Matrix(HostTensor(change, shape: example.clean.shape))
                  .image(.diverging, range: -radius...radius),
                Matrix(example.perturbed).image(range: 0...1),
              ]
            },
            captions: examples.flatMap { example in
              [name(example.classes?.before), "the change", name(example.classes?.after)]
            }, columns: 3, scale: 4)
        ]),
      name: "examples",
      caption:
        "PGD with ε = \(radius). Under each image is what the network takes it for; orange pixels "
        + "became brighter, blue ones darker.")
  }

  // MARK: - A defence

  private func defend(
    _ before: AttackTable, _ after: AttackTable, _ report: inout LessonReport
  ) {
    report.paragraph(
      """
      A defence that works is to train on attacked images. A second network continues from the \
      weights of the first one, for as many epochs, and in every step each image of the batch is \
      replaced by the result of PGD with 7 steps and ε = \(Self.radius), against the weights of that \
      moment. Of the test images it classifies \
      \(Self.accuracy("pgd", after).percent) correctly under PGD with the same ε, where the first \
      one had \(Self.accuracy("pgd", before).percent). It has a price: on unchanged images its \
      accuracy is \(after.clean.percent) instead of \(before.clean.percent), and each step of \
      training takes eight passes through the network instead of one. [[robust]] shows what \
      happens to the boundary.
      """)
    report.table(
      header: ["training", "unchanged"] + Self.titles,
      rows: [("ordinary", before), ("adversarial", after)].map { name, table in
        [name, table.clean.percent]
          + Self.attacks.map { Self.accuracy($0, table).percent }
      }, caption: "Accuracy on the test images, ε = \(Self.radius)")
    report.show(
      Figure(
        title: "Before and after adversarial training",
        description:
          "Two plots of accuracy against ε. The curves of FGSM and PGD fall much later for the "
          + "network that was trained on attacked images.",
        columns: 2,
        panels: [
          Self.plot(before, title: "ordinary training"),
          Self.plot(after, title: "adversarial training"),
        ]),
      name: "defence", caption: "Trained against ε = \(Self.radius).")
    report.paragraph(
      """
      An accuracy under attack is an upper bound: a better attack may find more. Defences that only \
      make gradients useless look strong until somebody attacks without gradients. nntrain attack \
      RUN compares several attacks for a network of your own and warns of that; adversarial: {pgd: \
      {eps: \(Self.radius)}} in its config trains against it.
      """)
  }
}

/// Images of clothes where Fashion-MNIST is installed, else of digits.
private struct Images {
  let train: Dataset
  let test: Dataset
  /// What the images show.
  let subject: String
  /// What is missing; nil if nothing is.
  let hint: String?

  init(seed: UInt64) throws(NNError) {
    let clothes = DatasetListing.all().first { $0.name == "fashion-mnist" }
    guard clothes?.isAvailable ?? false else {
      train = try SegmentDigits(AttacksLesson.trainingRows, seed: seed, part: 0).dataset()
      test = try SegmentDigits(AttacksLesson.testRows, seed: seed, part: 1).dataset()
      subject = "digits, which this lesson draws"
      hint =
        "With images of clothes, Fashion-MNIST, the lesson is more vivid. They are not on this "
        + "machine: \(clothes?.hint ?? "install them"), and run the lesson again."
      return
    }
    train = try DataSource.named("fashion-mnist").load()
      .selecting(Array(0..<AttacksLesson.trainingRows))
    test = try DataSource.named("fashion-mnist-test").load()
      .selecting(Array(0..<AttacksLesson.testRows))
    subject = "clothes, Fashion-MNIST"
    hint = nil
  }

  /// The name of a class.
  func name(_ label: Int) -> String {
    let names = train.classNames ?? []
    return names.indices.contains(label) ? names[label] : "\(label)"
  }
}
