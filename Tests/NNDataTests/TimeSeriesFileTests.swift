import NNCore
import NNData
import NNTestSupport
import Testing

@Suite("Time series files")
struct TimeSeriesFileTests {
  private let header = "@problemName Two words\n@classLabel true b a\n"

  /// Reads a file with this text.
  func read(
    _ text: String, classNames: [String]? = nil
  ) throws -> TimeSeriesFile {
    let folder = try TemporaryFolder()
    let path = try folder.write(text, to: "a.ts")
    return try withExtendedLifetime(folder) {
      try TimeSeriesFile(path: path, classNames: classNames)
    }
  }

  @Test(arguments: ["\n", "\r\n"])
  func readsChannelsStepsAndLabels(lineEnd: String) throws {
    let text = """
      \u{FEFF}# what it is
      %
      @problemName Two words
      @timeStamps false
      @missing false
      @univariate false
      @DIMENSIONS 2
      @equalLength true
      @seriesLength 3
      @classLabel true b a

      @data
      1,2,3:-4, 5e1 ,6:a

      # between
      0.5,-.5,+7:8,9,10: b
      """
    let file = try read(
      text.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: lineEnd))
    #expect(file.name == "Two words")
    #expect(
      file.values
        == HostTensor(
          [1.0, -4, 2, 50, 3, 6, 0.5, 8, -0.5, 9, 7, 10], shape: [2, 3, 2]))
    #expect(file.lengths == HostTensor([Int32(3), 3]))
    #expect(file.targets == HostTensor([Int32(0), 1]))
    #expect(file.classNames == ["a", "b"])
  }

  @Test func fillsShorterSeriesUp() throws {
    let text = header + "@equalLength false\n@data\n1:2:a\n3,4,5:6,7,8:b\n9,10:11,12:a\n"
    let file = try read(text)
    #expect(file.lengths == HostTensor([Int32(1), 3, 2]))
    let rows: [Double] = [1, 2, 0, 0, 0, 0, 3, 6, 4, 7, 5, 8, 9, 11, 10, 12, 0, 0]
    #expect(file.values == HostTensor(rows, shape: [3, 3, 2]))
  }

  @Test func seriesAreFilledUpToMoreSteps() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(header + "@data\n1,2:3,4:a\n5,6:7,8:b\n", to: "a.ts")
    let equal = try DataSource.timeSeries(file: path).load()
    #expect(equal.exampleTypes(.float64).lengths == nil)
    let wide = equal.padded(toSteps: 3)
    #expect(
      wide.inputs == HostTensor([1.0, 3, 2, 4, 0, 0, 5, 7, 6, 8, 0, 0], shape: [2, 3, 2]))
    #expect(wide.targets == equal.targets && wide.classNames == equal.classNames)
    #expect(wide.exampleTypes(.float64).lengths != nil)
    #expect(wide.padded(toSteps: 2).inputs == wide.inputs)
    #expect(equal.selecting([1]).padded(toSteps: 3).inputs == wide.selecting([1]).inputs)
  }

  @Test func oneStepOfOneChannel() throws {
    let file = try read("@univariate true\n@classLabel true\n@data\n7:x")
    #expect(file.values == HostTensor([7.0], shape: [1, 1, 1]))
    #expect(file.lengths == HostTensor([Int32(1)]))
    #expect(file.classNames == ["x"])
    #expect(file.name.hasSuffix("a.ts"))
  }

  @Test func ordersClasses() throws {
    let data = "@data\n1:10\n1:2\n1:10\n"
    #expect(try read("@classLabel true\n" + data).classNames == ["2", "10"])
    #expect(try read("@classLabel true 10 9 2\n" + data).classNames == ["2", "9", "10"])
    #expect(try read("@classLabel true 10 x 2\n" + data).classNames == ["10", "2", "x"])
    let known = try read("@classLabel true\n" + data, classNames: ["10", "z", "2"])
    #expect(known.targets == HostTensor([Int32(0), 2, 0]))
    #expect(known.classNames == ["10", "z", "2"])
  }

  @Test func readsTargetsThatAreNumbers() throws {
    let file = try read("@targetlabel true\n@data\n1,2:0.25\n3,4:-1e2\n")
    #expect(file.targets == HostTensor([0.25, -100], shape: [2, 1]))
    #expect(file.classNames == nil)
    expectError("a.ts:3: the target: expected a number, found \"many\"") {
      _ = try read("@targetlabel true\n@data\n1,2:many\n")
    }
  }

  @Test(arguments: [
    ("1,?:2,3:a", "channel 1, value 2 is missing (\"?\")"),
    ("1,2:NaN,3:a", "channel 2, value 1 is missing (\"NaN\")"),
    ("1,:2,3:a", "channel 1, value 2 is missing"),
    ("::a", "channel 1: expected 2 values, found 1"),
    ("1,x:2,3:a", "channel 1, value 2: expected a number, found \"x\""),
    ("1,inf:2,3:a", "channel 1, value 2: expected a finite number, found \"inf\""),
    ("1,2:2,3:4,5:a", "expected 2 channels, found 3"),
    ("1,2:a", "expected 2 channels, found 1"),
    ("1,2", "expected channels and a label after them, separated by ':'"),
    ("1,2,3:2,3:a", "channel 1: expected 2 values, found 3"),
    ("1,2:2:a", "channel 2: expected 2 values, found 1"),
    ("1,2:2,3:c", "class \"c\" is unknown; the classes are: a, b"),
    ("1,2:2,3:", "class \"\" is unknown; the classes are: a, b"),
  ])
  func namesTheLineOfWrongCases(line: String, message: String) {
    expectError("a.ts:6: \(message)") {
      _ = try read(header + "@equalLength true\n@data\n1,2:3,4:a\n\(line)\n")
    }
  }

  @Test func seriesOfAnyLengthHaveChannelsOfOne() {
    expectError("a.ts:4: channel 2: expected 3 values, found 2") {
      _ = try read(header + "@data\n1,2,3:4,5:a\n")
    }
  }

  @Test(arguments: [
    ("", "there is no line @data"), ("@classLabel true\n", "there is no line @data"),
    ("@classLabel true\n@data\n\n", "holds no series"),
    ("@problemName x\n@data\n1:a\n", "a.ts:2: neither @classLabel nor @targetLabel is true"),
    ("@classLabel false\n@data\n1\n", "a.ts:2: neither @classLabel nor @targetLabel is true"),
    ("1,2:a\n", "a.ts:1: expected an entry of the header"),
    ("@timeStamps true\n", "a.ts:1: series with time stamps cannot be read"),
    ("\n@univariate maybe\n", "a.ts:2: @univariate: expected true or false, found \"maybe\""),
    ("@equalLength\n", "a.ts:1: @equallength: expected true or false, found \"\""),
    ("@seriesLength 0\n", "a.ts:1: @serieslength: expected an integer from 1, found \"0\""),
    ("@dimensions two\n", "a.ts:1: @dimensions: expected an integer from 1, found \"two\""),
  ])
  func refusesOtherFiles(text: String, message: String) {
    expectError(message) { _ = try read(text) }
  }

  @Test func namesAMissingFile() {
    expectError("/nowhere/a.ts: no such file") { _ = try TimeSeriesFile(path: "/nowhere/a.ts") }
  }
}
