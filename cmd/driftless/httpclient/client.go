// Package httpclient asks running instances for their numbers.
//
// Any instance may be asked: one that doesn't own the SKU names the owner, and
// the client goes there with the same token, which net/http would leave behind
// at another host. It follows a few hops only, and never from an encrypted
// connection to a plain one. What a server says about a failure is what the
// person reads, and where nothing of ours answers, the error says what to start.
package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"driftless/cmd/driftless/httpserver"
	"driftless/cmd/driftless/lookup"
)

// Options say how instances are reached.
type Options struct {
	Server string // URL of any instance: it knows who has what
	Token  string // "": none
	CAFile string // PEM of the authority to trust; "": the system's
}

// Client asks one instance, and the owner that it names.
type Client struct {
	server *url.URL
	token  string
	http   *http.Client
	pause  time.Duration // before Watch connects again
}

// Bounds of one exchange. A stream has no end; its answer has to begin.
const (
	dialPatience   = 5 * time.Second
	answerPatience = 35 * time.Second // longer than the service's own
	maxAnswerBytes = 256 << 20
	maxRedirects   = 4
	maxAttempts    = 60 // to connect again, a pause before each
)

// errAbsent marks what may be over in a moment: nobody answers, or nobody has
// the SKU's shard right now.
var errAbsent = errors.New("the instance isn't there or isn't ready")

// New makes a client; nothing is contacted yet.
func New(options Options) (*Client, error) {
	server, err := url.Parse(options.Server)
	if err != nil {
		return nil, fmt.Errorf("the server's URL: %w", err)
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialPatience}).DialContext,
		TLSHandshakeTimeout:   dialPatience,
		ResponseHeaderTimeout: answerPatience,
	}
	if options.CAFile != "" {
		if transport.TLSClientConfig, err = trusting(options.CAFile); err != nil {
			return nil, err
		}
	}
	c := &Client{server: server, token: options.Token, pause: time.Second}
	c.http = &http.Client{Transport: transport, CheckRedirect: c.follow}
	return c, nil
}

// trusting makes a configuration that trusts that authority and no other.
func trusting(file string) (*tls.Config, error) {
	authority, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read http.client.ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("http.client.ca: %s holds no PEM certificate", file)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}, nil
}

// follow goes to the owner and shows it the token too, which net/http would
// keep from another host. It never takes the token out of an encrypted
// connection into one that isn't.
func (c *Client) follow(request *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return errors.New("the instances send each other the question; see that each one's http.advertise is its own")
	}
	if c.server.Scheme == "https" && request.URL.Scheme != "https" {
		return fmt.Errorf("the owner at %s isn't encrypted; set http.tls there", request.URL.Host)
	}
	c.authorise(request)
	return nil
}

// authorise shows the token, where there is one.
func (c *Client) authorise(request *http.Request) {
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
}

// get asks for a path, whose parts are given unescaped. The caller closes the
// body. Answers other than 200 are errors that say what the server said.
func (c *Client) get(ctx context.Context, query url.Values, parts ...string) (*http.Response, error) {
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	target := c.server.JoinPath(parts...)
	target.RawQuery = query.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	c.authorise(request)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("%w (is driftless run up, and http.client.server its address?): %w", errAbsent, err)
	}
	if response.StatusCode != http.StatusOK {
		defer func() { _ = response.Body.Close() }()
		return nil, refusal(response)
	}
	return response, nil
}

// refusal says in the server's words what was wrong. Whatever else answers on
// that address has at least a status.
func refusal(response *http.Response) error {
	var problem httpserver.Problem
	body := io.LimitReader(response.Body, 64<<10)
	if err := json.NewDecoder(body).Decode(&problem); err != nil || problem.Detail == "" {
		return fmt.Errorf("%s answers %s", response.Request.URL.Host, response.Status)
	}
	if response.StatusCode == http.StatusServiceUnavailable {
		return fmt.Errorf("%w: %s", errAbsent, problem.Detail)
	}
	return fmt.Errorf("%s: %s", strings.ToLower(problem.Title), problem.Detail)
}

// Balances returns the figures of one SKU; of one location where it is named.
func (c *Client) Balances(ctx context.Context, sku, location string) ([]lookup.Balance, error) {
	var answer httpserver.Balances
	err := c.read(ctx, &answer, at(location), "v1", "atp", sku)
	return answer.Balances, err
}

// Explain returns why a number is what it is; location "" is the network.
func (c *Client) Explain(ctx context.Context, sku, location string) (*lookup.Explanation, error) {
	answer := new(lookup.Explanation)
	return answer, c.read(ctx, answer, at(location), "v1", "atp", sku, "explain")
}

// at asks for one location, or for none in particular.
func at(location string) url.Values {
	query := url.Values{}
	if location != "" {
		query.Set("location", location)
	}
	return query
}

// read takes an answer in, up to a bound: what answers may not be an instance.
func (c *Client) read(ctx context.Context, answer any, query url.Values, parts ...string) error {
	response, err := c.get(ctx, query, parts...)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }() // it was read
	if err := json.NewDecoder(io.LimitReader(response.Body, maxAnswerBytes)).Decode(answer); err != nil {
		return fmt.Errorf("read the instance's answer (is it of this release?): %w", err)
	}
	return nil
}
