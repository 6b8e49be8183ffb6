package dev.burgage.example.chinook;

/// The chapters in their order. Each can be told again on the same data, and says then what was
/// there already.
record Story(Stage stage) {
  /// @throws StepFailedException at the first step that was not right, after that was told
  void tell() {
    new Opening(stage, ChinookData.load()).tell();
    new Reports(stage).tell();
    new Newcomer(stage).tell();
    new SchemaChange(stage).tell();
  }
}
