import NNAnalysis
import NNCore
import NNData
import NNFormats
import NNLayers
import NNLosses
import NNOptimizers
import NNReports
import NNTestSupport
import NNTraining
import Testing

@Suite struct TextbookPageTests {
  private static func explanations(hidden: Int = 2, steps: Int = 2) throws -> [StepExplanation] {
    let trainer = try Trainer(
      model: Model {
        Dense(hidden)
        Tanh()
        Dense(2)
      }, loss: CrossEntropy(), optimizer: Adam(learningRate: 0.1),
      data: DataGenerator(.xor).make(), batchSize: 4,
      settings: TrainingSettings(dtype: .float64))
    return try (0..<steps).map { _ in
      let (_, trace) = try #require(try trainer.tracedStep())
      try trainer.epoch()
      return StepExplanation(trace)
    }
  }

  private static func page(_ explanations: [StepExplanation], name: String = "xor") throws -> String
  {
    let folder = try TemporaryFolder()
    let path = folder.path("steps.html")
    try TextbookPage.write(explanations, of: name, to: path)
    return String(decoding: try FileBytes.read(path), as: UTF8.self)
  }

  /// Every link leads to an element of the page, and every number has one line.
  @Test func numbersLinkForwardAndBack() throws {
    let explanations = try Self.explanations()
    let page = try Self.page(explanations)
    let ids = page.matches(of: /id="([^"]+)"/).map { String($0.1) }
    let targets = Set(page.matches(of: /href="#([^"]+)"/).map { String($0.1) })
    #expect(Set(ids).count == ids.count)
    #expect(targets.isSubset(of: ids))
    for explanation in explanations {
      guard case .numbers(let step) = explanation else {
        Issue.record("summarized")
        continue
      }
      for number in step.sections.flatMap(\.numbers) {
        #expect(ids.contains(number.id))
        // Given numbers and results of the step are linked to by what uses them.
        if !step.readers(of: number.id).isEmpty { #expect(targets.contains(number.id)) }
      }
    }
    // The weight's line shows the exact value, and links to the sum that uses it.
    guard case .numbers(let step) = explanations[0], let weight = step["s1-w-w1-1-1"] else {
      return
    }
    let row = try #require(
      page.firstMatch(of: /<tr id="s1-w-w1-1-1">.*?<\/tr>/.dotMatchesNewlines())
    ).0
    #expect(row.contains("title=\"\(weight.value)\""))
    #expect(row.contains("href=\"#s1-e1-p1-1\"") && row.contains("href=\"#s1-new-w1-1-1\""))
    #expect(!page.contains("<script"))
  }

  @Test func namesAreEscaped() throws {
    let page = try Self.page(try Self.explanations(steps: 1), name: "<b>&")
    #expect(page.contains("&lt;b&gt;&amp;: steps explained"))
    #expect(!page.contains("<b>&"))
  }

  @Test func largeNetworksAreTables() throws {
    let explanations = try Self.explanations(hidden: 100, steps: 1)
    let page = try Self.page(explanations)
    #expect(page.contains("it has 502 parameters; single numbers are shown up to 200"))
    #expect(page.contains("<td>Dense 100</td>"))
    let text = TextbookText(width: 80).text(explanations[0])
    #expect(text.contains("it has 502 parameters"))
    #expect(text.contains("‖∂C/∂w‖"))
  }

  /// The text shows the first example with formulas in symbols and in values.
  @Test func textWritesFormulasOut() throws {
    let explanation = try Self.explanations(steps: 1)[0]
    guard case .numbers(let step) = explanation else {
      Issue.record("summarized")
      return
    }
    let text = TextbookText(width: 200).text(explanation)
    #expect(text.hasPrefix("Step 1: 2 inputs → 2 tanh → 2 linear, 4 examples, C = "))
    #expect(text.contains("Example 1: backward pass") && !text.contains("Example 2: "))
    #expect(text.contains("Examples 2 to 4 are on the page"))
    #expect(text.contains("  p₁⁽¹⁾[1] = w₀₁[1,1] · q₀⁽¹⁾[1] + w₀₁[1,2] · q₀⁽¹⁾[2] + b₁[1] = "))
    #expect(text.contains("Δ₀ = ∂C/∂q · σ′(p)"))
    #expect(text.contains("  new w₀₁[1,1] = "))
    #expect(step.largestDifference < 1e-13)
    for line in TextbookText(width: 60).text(explanation).split(separator: "\n") {
      // Formulas of the rules are single lines; everything else is wrapped.
      #expect(line.count <= 60 || line.hasPrefix("    "), "\(line)")
    }
    let all = TextbookText(width: 200, examples: 4).text(explanation)
    #expect(all.contains("Example 4: products"))
  }
}
