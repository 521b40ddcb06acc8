// Fontconfig keeps what it read of the system's fonts until the process ends, and says so to nobody: memory that
// cairo's pictures cost once, not a leak of ours. Read by LeakSanitizer alone; what our code leaks is still found.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libfontconfig\n";
}
