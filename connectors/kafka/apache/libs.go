package apache

import (
	"bytes"
	"context"
	_ "embed" // the pom and the log's configuration
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// Version is the release of Apache Kafka that is run.
const Version = "4.4.0"

// ErrUnavailable says that this machine can't run Apache Kafka, and what to
// install. Tests are skipped on it.
var ErrUnavailable = errors.New("a real Kafka can't be run here")

const oldestJava = 17

//go:embed pom.xml
var pom []byte

//go:embed log4j2.properties
var logging []byte

// Libs returns the folder of the jars. They are fetched when they aren't there
// yet, which takes Maven and a minute.
func Libs(ctx context.Context) (string, error) {
	if err := checkJava(ctx); err != nil {
		return "", err
	}
	root, err := checkout()
	if err != nil {
		return "", err
	}
	libs := filepath.Join(root, "build", "kafka", "libs", Version)
	if there(libs) {
		return libs, nil
	}
	return libs, fetch(ctx, libs)
}

// fetch has Maven copy the jars into a folder of this process's own, which then
// takes its place at once: a folder that is there is whole, whoever made it.
func fetch(ctx context.Context, libs string) error {
	maven, err := exec.LookPath("mvn")
	if err != nil {
		return fmt.Errorf("%w: the jars of Apache Kafka are fetched with Maven: install it so that mvn is on the path", ErrUnavailable)
	}
	if err := os.MkdirAll(filepath.Dir(libs), 0o700); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(libs), "fetching-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	if err := os.WriteFile(filepath.Join(work, "pom.xml"), pom, 0o600); err != nil {
		return err
	}
	command := exec.CommandContext(ctx, maven, "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=jars")
	command.Dir = work
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: Maven couldn't fetch the jars of Apache Kafka %s, which takes the internet the first time: %w\n%s", ErrUnavailable, Version, err, output)
	}
	if err := os.Rename(filepath.Join(work, "jars"), libs); err != nil && !there(libs) {
		return err
	}
	return nil
}

func there(folder string) bool {
	_, err := os.Stat(folder)
	return err == nil
}

var javaVersion = regexp.MustCompile(`version "(\d+)`)

// checkJava looks for a Java that is new enough.
func checkJava(ctx context.Context) error {
	said, err := exec.CommandContext(ctx, "java", "-version").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: install Java %d or later so that java is on the path: %w", ErrUnavailable, oldestJava, err)
	}
	if release(said) < oldestJava {
		return fmt.Errorf("%w: Apache Kafka %s needs Java %d or later, and java says: %s", ErrUnavailable, Version, oldestJava, bytes.TrimSpace(said))
	}
	return nil
}

// release reads the number of the release out of what java says of itself; 0:
// it doesn't say.
func release(said []byte) int {
	found := javaVersion.FindSubmatch(said)
	if found == nil {
		return 0
	}
	number, err := strconv.Atoi(string(found[1]))
	if err != nil {
		return 0
	}
	return number
}

// checkout finds the folder that holds go.mod, from the working directory up:
// the jars are shared by all that run in one checkout.
func checkout() (string, error) {
	folder, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for !there(filepath.Join(folder, "go.mod")) {
		above := filepath.Dir(folder)
		if above == folder {
			return "", errors.New("the jars of Apache Kafka are kept under the checkout's build folder: run this inside of the checkout")
		}
		folder = above
	}
	return folder, nil
}
