name: New Cancellation Request
type: admin
subject: New Cancellation Request

<p>A client asks for the end of a service:</p>
<p>Client: {$client_name} (#{$client_id})<br />
Product/Service: {$product_name}{if $service_domain}<br />Domain: {$service_domain}{/if}<br />
Cancellation: {$service_cancellation_type}</p>
{if $service_cancellation_reason}<p>Reason:<br />{$service_cancellation_reason}</p>{/if}
<p><a href="{$service_link}">{$service_link}</a></p>
